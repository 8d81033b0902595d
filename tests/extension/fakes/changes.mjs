// Plans of the fake sidecar that archive, restore, unregister, delete: made up of what was chosen, with one of everything
// that a plan page must show. Nodes whose id holds `shared` or a name in it are refused, and so on.
const day = 86_400_000;
const gibibyte = 2 ** 30;
const words = {
  archive: 'Archive',
  restore: 'Restore',
  unregister: 'Unregister',
  delete: 'Delete',
  undelete: 'Undelete',
};
const dataNote = {
  plain: null,
  shared: 'Kept: another version of the model refers to these blobs.',
  named: 'Data asset applications:2 refers to these blobs.',
};

function record(id, kind, name, action, more = {}) {
  return {
    id,
    kind,
    name,
    label: name,
    path: '',
    action,
    parent: null,
    bytes: null,
    blobs: null,
    created: Date.UTC(2026, 6, 1) - id * day,
    state: 'Completed',
    ticked: true,
    canTick: true,
    needsName: false,
    note: null,
    details: [],
    ...more,
  };
}

/** How many things are meant: what was chosen, or what a filter finds. */
function namesOf({ nodeIds, filter, operationId }) {
  if (operationId !== null) {
    return ['mango_leaf_00', 'plum_leaf_01'];
  }
  const count = Number(process.env.FAKE_SIDECAR_ITEMS ?? 1200);
  return filter === null
    ? nodeIds.map((id) => id.split(':').slice(1).join(':'))
    : Array.from({ length: count }, (_, n) => `plum_stone_${n.toString(16).padStart(3, '0')}`);
}

export function makeItems(params) {
  const { verb, change, nodeIds } = params;
  const kind = { mv: 'modelVersion', run: 'run', exp: 'experiment', ds: 'dataset' }[nodeIds[0]?.split(':')[0]] ?? 'run';
  const withData = change.includeData || verb === 'undelete';
  const items = [];
  for (const [index, name] of namesOf(params).entries()) {
    const parent = items.length;
    const running = index % 40 === 3;
    items.push(
      record(parent, kind, name, verb === 'undelete' ? 'keep' : verb, {
        state: running ? 'Running' : 'Completed',
        ...(running ? { ticked: false, canTick: false, note: 'It is running: cancel it first.' } : {}),
        ...(index % 25 === 0 ? { details: ['Created by Ada Example', 'Parent run: coral_leaf_7a'] } : {}),
        ...(verb === 'undelete'
          ? { ticked: false, canTick: false, note: 'Deleted; the service cannot bring it back.' }
          : {}),
      }),
    );
    if (withData) {
      const use = index % 20 === 1 ? 'shared' : index % 20 === 2 ? 'named' : 'plain';
      items.push(
        record(
          items.length,
          'storedData',
          `ExperimentRun/dcid.${name}/`,
          verb === 'undelete' ? 'undelete' : 'deleteData',
          {
            label: `workspaceartifactstore: ExperimentRun/dcid.${name}/`,
            parent,
            state: null,
            blobs: 12 + (index % 30),
            bytes: (1 + (index % 9)) * 37_000_000,
            ticked: use === 'plain' && !running,
            canTick: use !== 'shared' && !running,
            needsName: use === 'named',
            note: running ? 'Kept with its run.' : dataNote[use],
            details:
              use === 'plain'
                ? ['The account keeps deleted blobs for 14 days.']
                : ['Referred to by: credit-scorer:2', 'The account keeps deleted blobs for 14 days.'],
          },
        ),
      );
    }
  }
  return items;
}

export function reviewOf({ verb, change, items }, toggled) {
  const changed = new Set(toggled);
  const done = items.filter((item) => item.ticked !== changed.has(item.id));
  const records = done.filter((item) => item.blobs === null).length;
  const sum = (of) => done.reduce((total, item) => total + (of(item) ?? 0), 0);
  const bytes = sum((item) => item.bytes);
  const weighty = done.some((item) => item.needsName) || bytes > change.typeAboveBytes;
  const destroys = verb === 'delete' || verb === 'unregister';
  const text = items[0]?.name ?? '';
  const typed = destroys && weighty && change.typeNames;
  return {
    records,
    blobs: sum((item) => item.blobs),
    bytes,
    notDone: items.length - done.length,
    confirmation: typed ? 'typeName' : destroys ? 'modal' : 'click',
    confirmationText: typed ? text : null,
    question: `${words[verb]} ${records === 1 ? text : `${records.toLocaleString('en')} records`}${
      bytes > 0 ? ` and ${(bytes / gibibyte).toFixed(1)} GB of data` : ''
    }?`,
    detail: destroys
      ? 'Deleted records cannot be brought back. Deleted blobs can, for 14 days.'
      : 'Nothing is deleted, and it can be undone.',
    button: words[verb],
    warnings: done.some((item) => item.needsName)
      ? [{ code: 'data.shared', message: 'Data that other assets refer to is ticked: they would break.', count: 1 }]
      : [],
    survivors:
      bytes > 0
        ? ['Deleted blobs stay in the storage account sampledata for 14 days (soft delete), until 5 Dec 2026.']
        : [],
  };
}

const orders = {
  plan: (a, b) => a.id - b.id,
  name: (a, b) => a.label.localeCompare(b.label),
  kind: (a, b) => a.kind.localeCompare(b.kind) || a.label.localeCompare(b.label),
  action: (a, b) => a.action.localeCompare(b.action) || a.label.localeCompare(b.label),
  bytes: (a, b) => (a.bytes ?? -1) - (b.bytes ?? -1),
  created: (a, b) => a.created - b.created,
};

export function pageOf(items, { pageToken, pageSize, order, descending, search }) {
  const found = items
    .filter((item) => search === null || item.label.toLowerCase().includes(search.toLowerCase()))
    .sort((a, b) => orders[order](a, b) * (descending ? -1 : 1));
  const from = Number(pageToken ?? 0);
  const to = from + (pageSize ?? 100);
  return { items: found.slice(from, to), nextPageToken: to < found.length ? String(to) : null };
}
