import * as vscode from 'vscode';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChangeRequest } from '../../extension/src/features/changes/changeRequest';
import { confirmReview } from '../../extension/src/features/changes/confirmReview';
import type { FromPage, PlanRow, PlanSummary } from '../../extension/src/features/changes/planMessages';
import { PlanPage } from '../../extension/src/features/changes/planPage';
import { PlanSession } from '../../extension/src/features/changes/planSession';
import { fileNameOf } from '../../extension/src/features/changes/savePlan';
import { ErrorPresenter } from '../../extension/src/infrastructure/errorPresenter';
import { server } from '../../extension/src/protocol/methods';
import type {
  OperationSummary,
  PlanItemsParams,
  ReviewParams,
  SavePlanParams,
  StartParams,
} from '../../extension/src/protocol/types';
import { SidecarError } from '../../extension/src/sidecar/sidecarError';
import { FakeClient } from './fakes/client';
import { operation, plan, planItem, review } from './fakes/data';
import { FakeLog } from './fakes/log';
import { fake, type FakePanel } from './fakes/vscode';

const request: ChangeRequest = {
  title: 'Delete',
  verb: 'delete',
  nodeIds: ['run:1'],
  options: {
    includeData: true,
    includeChildren: false,
    includeVersionsAndSnapshots: false,
    includeDependents: false,
    permanently: false,
    typeNames: true,
    typeAboveBytes: 1,
  },
  filter: null,
  operationId: null,
  leftOut: null,
};
const byPlan = { order: 'plan', descending: false, search: '' } as const;

let client: FakeClient;
let started: OperationSummary[];
let starts: StartParams[];
let reviews: ReviewParams[];
let asked: PlanItemsParams[];
let page: PlanPage;
let closed: number;
let exported: { readonly nodeIds: readonly string[]; readonly ended: (operation: OperationSummary) => void }[];
let exportStarted: OperationSummary | undefined;

beforeEach(() => {
  client = new FakeClient();
  started = [];
  starts = [];
  reviews = [];
  asked = [];
  closed = 0;
  exported = [];
  exportStarted = undefined;
  client.answer(server.operations.plan, () => plan('p', { verb: 'delete', title: 'Delete 14 runs', review: review() }));
  client.answer(server.operations.planItems, (params) => {
    asked.push(params);
    return params.pageToken === null
      ? {
          items: [planItem(0), planItem(1, { ticked: false, needsName: true, note: 'Others refer to it.' })],
          nextPageToken: '2',
        }
      : { items: [planItem(2, { canTick: false, ticked: false })], nextPageToken: null };
  });
  client.answer(server.operations.review, (params) => {
    reviews.push(params);
    return review({
      records: 14 - params.toggled.length,
      confirmation: 'typeName',
      confirmationText: 'credit-scoring',
    });
  });
  client.answer(server.operations.start, (params) => {
    starts.push(params);
    return { operation: operation('op', { verb: 'delete' }) };
  });
  page = open();
});

afterEach(() => {
  page.dispose();
});

function open(): PlanPage {
  return new PlanPage(
    new PlanSession(client, request),
    vscode.Uri.file('/ext'),
    new ErrorPresenter(new FakeLog().channel),
    {
      started: (operation) => {
        started.push(operation);
        return Promise.resolve();
      },
      exportFirst: (nodeIds, ended) => {
        exported.push({ nodeIds, ended });
        return Promise.resolve(exportStarted);
      },
      closed: () => {
        closed++;
      },
    },
  );
}

function panel(): FakePanel {
  const last = fake.panels.at(-1);
  if (last === undefined) {
    throw new Error('There is no page.');
  }
  return last;
}

const send = (message: FromPage): void => {
  panel().send(message);
};

/** The last message of a type, once there is one. */
async function last<T>(type: string, count = 1): Promise<T> {
  return vi.waitFor(() => {
    const all = panel().told.filter((message) => message.type === type);
    if (all.length < count) {
      throw new Error(`The page was told ${all.length} times: ${type}.`);
    }
    return all.at(-1) as T;
  });
}

const summary = async (count = 1): Promise<PlanSummary> =>
  (await last<{ summary: PlanSummary }>('summary', count)).summary;

async function load(more = false, order: 'plan' | 'bytes' = 'plan', search = ''): Promise<readonly PlanRow[]> {
  const before = panel().told.filter((message) => message.type === 'rows').length;
  send({ type: 'load', request: before + 1, view: { order, descending: order === 'bytes', search }, more });
  return (await last<{ rows: readonly PlanRow[] }>('rows', before + 1)).rows;
}

describe('the page', () => {
  it('may load nothing but its script and style, and names no host', () => {
    const { html } = panel().webview;
    expect(html).toContain("default-src 'none'");
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(html) ?? [];
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{24}$/);
    expect(html).toContain(`<script nonce="${nonce ?? ''}" src=`);
    expect(html).not.toMatch(/ on[a-z]+=|https?:|unsafe|<style|style="/);
    open();
    expect(panel().webview.html).not.toContain(nonce);
  });

  it('says what the ticked items amount to', async () => {
    await page.plan();
    expect(panel().title).toBe('Plan: Delete 14 runs');
    expect(await summary()).toEqual({
      totals: '14 records; 120 blobs, 3 GB; 1 not ticked or not possible',
      warnings: [],
      survivors: ['Soft-deleted blobs, until 4 Dec'],
      button: 'Delete',
      hint: 'Asks once more.',
      canStart: true,
      canExportFirst: false,
    });
  });

  it('reads the items page by page, in the order and with the search asked for', async () => {
    await page.plan();
    expect((await load()).map((row) => [row.id, row.ticked, row.needsName])).toEqual([
      [0, true, false],
      [1, false, true],
    ]);
    expect(await load(true)).toMatchObject([{ id: 2, canTick: false }]);
    await load(false, 'bytes', 'plum');
    expect(asked).toMatchObject([
      { pageToken: null, pageSize: 500, order: 'plan', descending: false, search: null },
      { pageToken: '2', order: 'plan' },
      { pageToken: null, order: 'bytes', descending: true, search: 'plum' },
    ]);
  });

  it('says of data whose it is, and shows as parts only what follows its record', async () => {
    client.answer(server.operations.planItems, () => ({
      items: [
        planItem(0, { kind: 'metrics', kindName: 'metrics', label: 'plum_1', parent: 1 }),
        planItem(1),
        planItem(2, {
          kind: 'storedData',
          kindName: 'stored data',
          label: 'store: a/',
          action: 'deleteData',
          parent: 1,
        }),
        planItem(3, {
          kind: 'storedData',
          kindName: 'stored data',
          label: 'store: b/',
          action: 'deleteData',
          parent: 1,
          note: 'Kept: others.',
        }),
      ],
      nextPageToken: null,
    }));
    await page.plan();
    expect((await load()).map((row) => [row.note, row.isPart])).toEqual([
      ['', false],
      ['', false],
      ['of plum_1', true],
      ['Kept: others.', true],
    ]);
  });

  it('counts no records where there are none', async () => {
    client.answer(server.operations.plan, () =>
      plan('p', { verb: 'undelete', review: review({ records: 0, notDone: 0 }) }),
    );
    await page.plan();
    expect((await summary()).totals).toBe('120 blobs, 3 GB');
  });

  it('goes on from the newest answer when an earlier one is late', async () => {
    const answers: (() => void)[] = [];
    client.answer(server.operations.planItems, (params) => {
      asked.push(params);
      return new Promise((resolve) => {
        answers.push(() => {
          resolve({ items: [], nextPageToken: `after ${params.order}` });
        });
      });
    });
    await page.plan();
    send({ type: 'load', request: 1, view: byPlan, more: false });
    send({ type: 'load', request: 2, view: { ...byPlan, order: 'bytes' }, more: false });
    answers[1]?.();
    await last('rows');
    answers[0]?.();
    await last('rows', 2);
    send({ type: 'load', request: 3, view: { ...byPlan, order: 'bytes' }, more: true });
    expect(asked.at(-1)?.pageToken).toBe('after bytes');
    answers[2]?.();
  });

  it('reviews ticks together, and keeps them over another order', async () => {
    await page.plan();
    await load();
    send({ type: 'tick', ids: [0], ticked: false });
    send({ type: 'tick', ids: [1], ticked: true });
    expect(await summary(2)).toMatchObject({ hint: 'Asks you to type "credit-scoring".' });
    expect(reviews).toEqual([{ planId: 'p', toggled: [0, 1] }]);
    expect((await load()).map((row) => row.ticked)).toEqual([false, true]);
    send({ type: 'tick', ids: [0], ticked: true });
    await summary(3);
    expect(reviews.at(-1)?.toggled).toEqual([1]);
  });

  it('cannot be started with nothing ticked', async () => {
    client.answer(server.operations.plan, () =>
      plan('p', { verb: 'delete', review: review({ records: 0, blobs: 0 }) }),
    );
    await page.plan();
    expect(await summary()).toMatchObject({ canStart: false, hint: 'Nothing is ticked.' });
  });

  it('starts what is ticked once it is confirmed, and closes', async () => {
    await page.plan();
    await load();
    fake.inputs = ['credit-scoring'];
    send({ type: 'tick', ids: [0], ticked: false });
    // At once: the review of that tick has not been asked for yet.
    send({ type: 'start' });
    await vi.waitFor(() => {
      expect(started).toHaveLength(1);
    });
    expect(starts).toEqual([{ planId: 'p', confirmation: 'credit-scoring', destination: null, toggled: [0] }]);
    expect(panel().isDisposed).toBe(true);
    expect(closed).toBe(1);
  });

  it('stays when the person declines', async () => {
    await page.plan();
    send({ type: 'start' });
    await vi.waitFor(() => {
      expect(fake.shown).toHaveLength(1);
    });
    expect(fake.shown[0]).toMatchObject({
      message: 'Delete 14 runs and 3 GB of data?',
      detail: 'Deleted blobs stay for 14 days.',
      buttons: ['Delete'],
    });
    expect(starts).toEqual([]);
    expect(panel().isDisposed).toBe(false);
    await vi.waitFor(() => {
      expect(panel().revealed).toBe(1);
    });
  });

  it('says what went wrong, and plans again where that is what helps', async () => {
    let plans = 0;
    client.answer(server.operations.plan, () =>
      plan(`p${++plans}`, { verb: 'archive', review: review({ confirmation: 'click' }) }),
    );
    client.answer(server.operations.start, (params) => {
      starts.push(params);
      if (params.planId === 'p1') {
        throw new SidecarError('The plan is too old.', { code: 'plan.expired', actions: ['planAgain'] });
      }
      return { operation: operation('op') };
    });
    await page.plan();
    send({ type: 'start' });
    expect(await last('problem')).toEqual({ type: 'problem', message: 'The plan is too old.', offers: ['Try Again'] });
    send({ type: 'offer', index: 0 });
    await vi.waitFor(() => {
      expect(plans).toBe(2);
    });
    await summary(2);
    send({ type: 'start' });
    await vi.waitFor(() => {
      expect(started).toHaveLength(1);
    });
    expect(starts.map(({ planId, confirmation }) => [planId, confirmation])).toEqual([
      ['p1', 'confirmed'],
      ['p2', 'confirmed'],
    ]);
  });

  it('shows a plan that could not be made as a problem, also after it was hidden', async () => {
    client.answer(server.operations.plan, () => {
      throw new SidecarError('You may not read this.', { code: 'auth.forbidden', actions: ['signIn'] });
    });
    await page.plan();
    expect(await last('problem')).toMatchObject({ message: 'You may not read this.', offers: ['Sign In'] });
    send({ type: 'ready' });
    await last('problem', 2);
    expect(fake.shown).toEqual([]);
  });

  it('cancels the plan when it is closed, without a word', async () => {
    client.answer(server.operations.plan, () => new Promise(() => undefined));
    const made = page.plan();
    send({ type: 'cancel' });
    await made;
    expect(panel().isDisposed).toBe(true);
    expect(panel().told.map(({ type }) => type)).not.toContain('problem');
  });

  it('saves the plan as it is ticked', async () => {
    const saves: SavePlanParams[] = [];
    client.answer(server.operations.savePlan, (params) => {
      saves.push(params);
      return {};
    });
    await page.plan();
    await load();
    send({ type: 'tick', ids: [0], ticked: false });
    fake.saves = ['/tmp/plan.md', undefined];
    send({ type: 'saveMarkdown' });
    expect(await last('status')).toEqual({ type: 'status', message: 'Saved as /tmp/plan.md' });
    send({ type: 'saveJson' });
    expect(saves).toEqual([{ planId: 'p', toggled: [0], path: '/tmp/plan.md', format: 'markdown' }]);
  });

  it('tells a page that was made anew what it showed', async () => {
    await page.plan();
    send({ type: 'ready' });
    await summary(2);
    expect(panel().told.map(({ type }) => type)).toEqual(expect.arrayContaining(['strings', 'plan', 'summary']));
  });

  it('ignores ids that it never sent', async () => {
    await page.plan();
    send({ type: 'load', request: 1, view: byPlan, more: false });
    await last('rows');
    send({ type: 'tick', ids: [99], ticked: true });
    await summary(2);
    expect(reviews).toEqual([{ planId: 'p', toggled: [] }]);
  });
});

describe('confirmation', () => {
  it.each([
    ['none', null],
    ['click', 'confirmed'],
  ] as const)('%s asks nothing more than the click', async (confirmation, answer) => {
    expect(await confirmReview(review({ confirmation }))).toBe(answer);
    expect(fake.shown).toEqual([]);
  });

  it('takes only the very name', async () => {
    fake.inputs = ['credit-scoring'];
    const answer = await confirmReview(review({ confirmation: 'typeName', confirmationText: 'credit-scoring' }));
    expect(answer).toBe('credit-scoring');
    const validate = fake.shownInputs[0]?.validateInput;
    expect(validate?.('credit-scoring')).toBeUndefined();
    for (const wrong of ['', 'Credit-scoring', 'credit-scoring ', 'credit']) {
      expect(validate?.(wrong)).toBe('Type "credit-scoring" to confirm.');
    }
  });
});

describe('the name of a saved plan', () => {
  it.each([
    ['Delete 14 runs and 3.1 GB', 'plan-Delete-14-runs-and-3.1-GB'],
    ['Delete ../../etc/passwd', 'plan-Delete-..-..-etc-passwd'],
    ['???', 'plan'],
  ])('%s', (title, name) => {
    expect(fileNameOf(title)).toBe(name);
  });
});

describe('an export first', () => {
  let made: number;
  const of = (state: OperationSummary['state']): OperationSummary =>
    operation('e', { title: 'Export models of team-a', state });

  beforeEach(async () => {
    made = 0;
    client.answer(server.operations.plan, () => {
      made++;
      return plan(`p${made}`, { verb: 'delete', title: 'Delete team-a', review: review(), exportFirst: ['ws:a'] });
    });
    await page.plan();
    expect(await summary()).toMatchObject({ canExportFirst: true });
  });

  it('holds the plan back while it runs, and has it made anew after it', async () => {
    exportStarted = of('running');
    send({ type: 'exportFirst' });
    await vi.waitFor(async () => {
      expect((await last<{ message: string | null }>('busy')).message).toContain('Nothing is deleted meanwhile');
    });
    send({ type: 'exportFirst' });
    expect(exported.map(({ nodeIds }) => nodeIds)).toEqual([['ws:a']]);
    exported[0]?.ended(of('succeeded'));
    await vi.waitFor(async () => {
      expect((await last<{ message: string }>('status')).message).toContain('This plan was made anew after it.');
    });
    expect(made).toBe(2);
    expect(await last('busy')).toEqual({ type: 'busy', message: null });
    expect(await last('plan')).toMatchObject({ planId: 'p2' });
  });

  it('leaves the plan as it is when it fails or is not wanted after all', async () => {
    send({ type: 'exportFirst' });
    await vi.waitFor(() => {
      expect(exported).toHaveLength(1);
    });
    exportStarted = of('running');
    await vi.waitFor(() => {
      send({ type: 'exportFirst' });
      expect(exported).toHaveLength(2);
    });
    exported[1]?.ended(of('failed'));
    await vi.waitFor(async () => {
      expect((await last<{ message: string }>('status')).message).toContain('nothing was deleted');
    });
    expect(made).toBe(1);
    expect(await last('busy')).toEqual({ type: 'busy', message: null });
  });

  it('that is over at once does not leave the page waiting', async () => {
    exportStarted = of('succeeded');
    send({ type: 'exportFirst' });
    exported[0]?.ended(of('succeeded'));
    await vi.waitFor(() => {
      expect(made).toBe(2);
    });
    await summary(2);
    expect(await last('busy')).toEqual({ type: 'busy', message: null });
  });
});
