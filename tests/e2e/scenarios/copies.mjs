// Copies in storage: from the tree to a datastore and to a container's address.
import assert from 'node:assert/strict';

const blobStore = 'azureml-blobstore-a0000000-0000-4000-8000-000000000002';
const mlflow = 'LocalUpload/3f8a1c5de2b74f60a9d1c8e7b6a54321/churn-mlflow/';

/** That below a folder of a container lies just what lies below another, byte for byte. */
async function assertCopied(stage, from, to) {
  const [wanted, found] = [await stage.emulator.filesBelow(...from), await stage.emulator.filesBelow(...to)];
  assert.ok(wanted.size > 0);
  assert.deepEqual([...found.keys()].sort(), [...wanted.keys()].sort());
  for (const [path, read] of wanted) {
    assert.ok((await read()).equals(await found.get(path)()), path);
  }
}

export const scenarios = [
  {
    name: 'export to storage: a model to a datastore, a run to an address, refused and replaced',
    async run(stage) {
      const window = await stage.open();
      const tree = await stage.signIn(window);
      const operations = window.view('Operations');
      await tree.expand('Contoso Research');
      await tree.expand('sample-ws');
      await tree.expand('Models');
      await tree.expand('churn-mlflow');
      const { last } = await stage.emulator.control('GET', 'requests?since=9007199254740991');
      await tree.openMenu('1', 'Export to Storage...');
      await window.screenshot('context-menu');
      await tree.choose('Export to Storage...');
      await window.quickPick.waitForTitle('Export to Storage');
      await window.screenshot('where-to');
      await window.quickPick.choose('Datastore or a Folder in One...');
      for (const step of ['Contoso Research', 'sample-ws', 'partner_data', 'Copy to partner_data']) {
        await window.quickPick.choose(step);
      }
      await window.quickPick.waitForTitle(/4 files, /);
      await window.screenshot('plan');
      await window.quickPick.choose('to samplepartnerstore/incoming/');
      const row = 'Copy churn-mlflow:1';
      await operations.find(row);
      await operations.waitForDescription(row, /4 files copied, /);
      await window.toast('complete and verified').waitFor();
      await window.screenshot('copied');
      const incoming = { account: 'samplepartnerstore', container: 'incoming' };
      await assertCopied(stage, [mlflow, { container: blobStore }], ['churn-mlflow/1/', incoming]);
      const { requests } = await stage.emulator.control('GET', `requests?since=${last}`);
      assert.deepEqual(
        requests.filter((r) => r.method === 'GET' && r.host.includes('.blob.') && r.path.includes('churn-mlflow/') && r.userAgent.startsWith('AmlDataTools')).map((r) => r.path),
        [],
        'no byte of it came here',
      );

      const runId = await stage.emulator.addRun({ displayName: 'copied_away', experiment: 'copied', files: [{ path: 'outputs/a.bin', size: 900 }, { path: 'outputs/b.bin', size: 40 }] });
      await stage.emulator.control('POST', 'blobs', { ...incoming, name: `archive/${runId}/outputs/a.bin`, text: 'an older one' });
      await tree.expand('Experiments');
      await tree.expand('copied');
      await tree.contextMenu('copied_away', 'Export to Storage...');
      const root = `https://samplepartnerstore.blob.${stage.emulator.at.storageSuffix}`;
      await window.quickPick.choose('Address of a Container...');
      await window.quickPick.fill(`${root}/no-such-container`);
      await window.quickPick.accept();
      await window.quickPick.row('no container no-such-container').waitFor();
      await window.screenshot('refused');
      await window.quickPick.choose('Address of a Container...');
      await window.quickPick.fill(`${root}/incoming/archive`);
      await window.quickPick.accept();
      await window.quickPick.waitForTitle(/2 files, /);
      await window.screenshot('plan-with-others-there');
      await window.quickPick.choose('Copy and Replace...');
      await window.page.locator('.monaco-dialog-box').waitFor();
      await window.screenshot('question');
      await window.answerDialog('Replace 1 file', 'Replace');
      const second = 'Copy copied_away';
      await operations.find(second);
      await operations.waitForDescription(second, /2 files copied, /);
      await assertCopied(stage, [`ExperimentRun/dcid.${runId}/`, { container: 'azureml' }], [`archive/${runId}/`, incoming]);
      await operations.inlineAction(second, /Show Receipt/);
      await window.editorTab(/receipt/i).first().waitFor();
      await window.previewShows('Everything in the plan is copied and verified.');
      await window.screenshot('receipt');
    },
  },
];
