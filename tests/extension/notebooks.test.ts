import * as vscode from 'vscode';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Descriptions } from '../../extension/src/features/notebooks/descriptions';
import { DocumentTracker } from '../../extension/src/features/notebooks/documentTracker';
import { DownloadFlow } from '../../extension/src/features/notebooks/downloadFlow';
import { hoverText } from '../../extension/src/features/notebooks/hovers';
import { CodeInserter, folderOfExport } from '../../extension/src/features/notebooks/insertCode';
import { CellItems, ReferenceLenses } from '../../extension/src/features/notebooks/lenses';
import { MissingReferences } from '../../extension/src/features/notebooks/missing';
import { ReferenceStore } from '../../extension/src/features/notebooks/referenceStore';
import { Workspaces } from '../../extension/src/features/notebooks/workspaces';
import type { ExportGoal } from '../../extension/src/infrastructure/nodeExport';
import type { FinishOffer } from '../../extension/src/infrastructure/operationList';
import { SubscriptionSelection } from '../../extension/src/infrastructure/subscriptionSelection';
import { server } from '../../extension/src/protocol/methods';
import type {
  NotebookAsset,
  NotebookCandidate,
  NotebookChangeParams,
  NotebookDescribeParams,
  NotebookDescription,
  NotebookFoundAsset,
  NotebookOpenParams,
  NotebookReference,
} from '../../extension/src/protocol/types';
import { FakeClient } from './fakes/client';
import { operation, treeNode } from './fakes/data';
import { FakeMemento } from './fakes/memento';
import { fake } from './fakes/vscode';

/** A text as VS Code has it. */
class Text {
  version = 1;
  isClosed = false;
  languageId = 'python';
  constructor(
    readonly uri: vscode.Uri,
    private text: string,
  ) {}
  get lineCount(): number {
    return this.text.split('\n').length;
  }
  getText(): string {
    return this.text;
  }
  lineAt(line: number): { text: string } {
    return { text: this.text.split('\n')[line] ?? '' };
  }
  /** Types as a person does. */
  type(offset: number, length: number, text: string): void {
    this.text = this.text.slice(0, offset) + text + this.text.slice(offset + length);
    this.version++;
    const range = new vscode.Range(0, 0, 0, 0);
    fake.textChanged.fire({
      document: this,
      contentChanges: [{ rangeOffset: offset, rangeLength: length, text, range }],
    });
  }
  get document(): vscode.TextDocument {
    return this as unknown as vscode.TextDocument;
  }
}

const model = (name = 'churn', version: string | null = '3'): NotebookAsset => ({
  kind: 'model',
  name,
  version,
  label: version === null ? 'latest' : null,
  registry: null,
  workspace: null,
});

const reference = (asset: NotebookAsset, line = 0): NotebookReference => ({
  range: { startLine: line, startCharacter: 4, endLine: line, endCharacter: 20 },
  asset,
  versionRange: { startLine: line, startCharacter: 18, endLine: line, endCharacter: 19 },
  versionIsNumber: false,
});

const found = (more: Partial<NotebookFoundAsset> = {}): NotebookFoundAsset => ({
  kind: 'model',
  name: 'churn',
  version: '3',
  nodeId: 'node-3',
  type: 'mlflow_model',
  stage: 'Production',
  description: null,
  bytes: 2048,
  tags: [{ name: 'team', value: 'red' }],
  sourceRun: 'run_1',
  createdAt: null,
  createdBy: null,
  isArchived: false,
  studioUrl: null,
  files: null,
  hasMore: false,
  ...more,
});

const described = (more: Partial<NotebookDescription> = {}): NotebookDescription => ({
  state: 'found',
  found: [found()],
  versions: ['3', '2'],
  reason: null,
  ...more,
});

const enabled = (): boolean => true;
const fail = (error: unknown): void => {
  throw error;
};

let client: FakeClient;
let store: ReferenceStore;

beforeEach(() => {
  vi.useFakeTimers();
  client = new FakeClient();
  store = new ReferenceStore();
});

afterEach(() => {
  vi.useRealTimers();
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1000);
const callsOf = (method: string): unknown[] =>
  client.calls.filter((call) => call.method === method).map((call) => call.params);

describe('following documents', () => {
  const answer = ({ cells, version }: { cells: { cellId: string }[]; version: number }) => ({
    version,
    outOfStep: false,
    cells: cells.map(({ cellId }) => ({ cellId, references: [reference(model())], tooLarge: false })),
  });
  let errors: unknown[];
  let tracker: DocumentTracker;

  const show = (...texts: Text[]): void => {
    fake.visibleTextEditors = texts.map((document) => ({ document }));
    fake.visibleChanged.fire(undefined);
  };

  beforeEach(() => {
    errors = [];
    tracker = new DocumentTracker(
      client,
      store,
      () => fake.settings.get('enabled') !== false,
      (error) => {
        errors.push(error);
      },
    );
    client.answer(server.notebook.open, (params) => answer(params));
    client.answer(server.notebook.change, ({ version, added, edited }) =>
      answer({ version, cells: [...added, ...edited] }),
    );
    client.answer(server.notebook.close, () => ({}));
  });

  afterEach(() => {
    tracker.dispose();
    expect(errors).toEqual([]);
  });

  it('asks nothing about code that does not speak of Azure ML, until it does', async () => {
    const text = new Text(vscode.Uri.file('/p/a.py'), 'import os\n');
    show(text);
    await settle();
    expect(client.calls).toEqual([]);
    text.type(0, 0, 'import azureml\n');
    await settle();
    expect(callsOf('notebook/open')).toHaveLength(1);
    expect(store.get(text.document)).toHaveLength(1);
  });

  it('asks nothing when the person does not want it', async () => {
    fake.settings.set('enabled', false);
    show(new Text(vscode.Uri.file('/p/a.py'), 'import azureml\n'));
    await settle();
    expect(client.calls).toEqual([]);
  });

  it('sends what is typed while the person pauses, and only that', async () => {
    const text = new Text(vscode.Uri.file('/p/a.py'), 'azureml');
    show(text);
    await settle();
    text.type(7, 0, 'a');
    text.type(8, 0, 'b');
    expect(store.getCurrent(text.document)).toEqual([]);
    await settle();
    const [change] = callsOf('notebook/change') as NotebookChangeParams[];
    expect(callsOf('notebook/change')).toHaveLength(1);
    expect(change?.edited).toEqual([
      {
        cellId: text.uri.toString(),
        edits: [
          { offset: 7, length: 0, text: 'a' },
          { offset: 8, length: 0, text: 'b' },
        ],
        length: 9,
      },
    ]);
    expect(store.getCurrent(text.document)).toHaveLength(1);
  });

  it('opens again when the sidecar has lost it, or is another one', async () => {
    const text = new Text(vscode.Uri.file('/p/a.py'), 'azureml');
    show(text);
    await settle();
    client.answer(server.notebook.change, ({ version }) => ({ version, outOfStep: true, cells: [] }));
    text.type(7, 0, '!');
    await settle();
    const opened = callsOf('notebook/open') as NotebookOpenParams[];
    expect(opened.map(({ cells }) => cells[0]?.text)).toEqual(['azureml', 'azureml!']);
    client.restart();
    await settle();
    expect(callsOf('notebook/open')).toHaveLength(3);
  });

  it('follows the cells of a notebook, and forgets those that go', async () => {
    const uri = vscode.Uri.file('/p/n.ipynb');
    const texts = ['azureml', 'x = 1'].map(
      (text, index) => new Text(vscode.Uri.parse(`vscode-notebook-cell:${index}`), text),
    );
    const cells = texts.map((document) => ({ kind: vscode.NotebookCellKind.Code, document }));
    const markdown = {
      kind: vscode.NotebookCellKind.Markup,
      document: new Text(vscode.Uri.parse('vscode-notebook-cell:m'), '# azureml'),
    };
    const notebook = { uri, notebookType: 'jupyter-notebook', isClosed: false, getCells: () => [markdown, ...cells] };
    fake.visibleNotebookEditors = [{ notebook }];
    fake.visibleChanged.fire(undefined);
    await settle();
    expect((callsOf('notebook/open') as NotebookOpenParams[])[0]?.cells.map(({ text }) => text)).toEqual([
      'azureml',
      'x = 1',
    ]);
    cells.pop();
    fake.notebookChanged.fire({ notebook });
    await settle();
    expect((callsOf('notebook/change') as NotebookChangeParams[])[0]?.removed).toEqual([texts[1]?.uri.toString()]);
    fake.notebookClosed.fire(notebook);
    await settle();
    expect(callsOf('notebook/close')).toEqual([{ documentId: uri.toString() }]);
    expect(texts[0] && store.get(texts[0].document)).toEqual([]);
  });
});

describe('what is shown', () => {
  const text = new Text(vscode.Uri.file('/p/a.py'), 'x');

  it('a lens for each reference that can be downloaded, an item for each thing of a cell', () => {
    const registry = { ...model('shared'), registry: 'r' };
    const place: NotebookAsset = { ...model('azureml://datastores/s/paths/a', null), kind: 'place', label: null };
    const output: NotebookAsset = { ...place, name: 'azureml://jobs/run/outputs/model' };
    store.set(
      text.uri,
      1,
      [model(), model(), registry, place, output].map((asset, line) => reference(asset, line)),
    );
    const lenses = new ReferenceLenses(store, enabled).provideCodeLenses(text.document);
    expect(lenses.map(({ command }) => command?.title)).toEqual([
      '$(cloud-download) Download model churn:3',
      '$(cloud-download) Download model churn:3',
      '$(cloud-download) Download model shared:3',
      '$(cloud-download) Download a',
      '$(cloud-download) Download model',
    ]);
    const cell = { document: text.document } as unknown as vscode.NotebookCell;
    expect(new CellItems(store, enabled).provideCellStatusBarItems(cell)).toHaveLength(4);
    expect(new CellItems(store, () => false).provideCellStatusBarItems(cell)).toEqual([]);
  });

  it('a hover that says how much was counted, and that there is more', () => {
    const of = (more: Partial<NotebookFoundAsset>): string => hoverText(described({ found: [found(more)] })).value;
    expect(of({ files: 3, bytes: 2048 })).toContain('3 files, 2');
    expect(of({ files: 1, bytes: 2048 })).not.toContain('files');
    expect(of({ files: 1000, bytes: 2048, hasMore: true })).toContain('more than 1,000 files, over 2');
    expect(of({ kind: 'place', createdAt: 0 })).toContain('Modified');
  });

  it('a hover with everything, of which nothing can be clicked', () => {
    const hover = hoverText(
      described({ found: [found({ description: '[x](command:evil) <b>\n\n# big', createdBy: 'Ada' })] }),
    );
    expect(hover.isTrusted).toBe(false);
    expect(hover.supportHtml).toBe(false);
    for (const part of [
      'churn:3',
      'mlflow\\_model, Stage Production, 2 KB',
      'Tags: team=red',
      'Run: run\\_1',
      'Latest versions: 3, 2',
    ]) {
      expect(hover.value).toContain(part);
    }
    expect(hover.value).toContain('\\[x\\]\\(command:evil\\) &lt;b>');
    expect(hover.value).not.toContain('\n# big');
  });
});

it('finds what was exported, in a folder and in a bag', () => {
  const plain = { folder: '/p', format: 'folder' as const, firstPath: 'churn/3/MLmodel', hasOwnFolder: true };
  expect(folderOfExport(plain, '/p/churn/3', 2)).toBe('/p/churn/3');
  expect(folderOfExport({ ...plain, format: 'bag' }, '/p/churn-3', 2)).toBe('/p/churn-3/data');
  const several = { ...plain, format: 'bag' as const, hasOwnFolder: false };
  expect(folderOfExport(several, '/p/export-1', 2)).toBe('/p/export-1/data/churn/3');
});

describe('looking up', () => {
  let workspaces: Workspaces;
  let descriptions: Descriptions;
  let errors: unknown[];
  let memento: FakeMemento;
  const uri = vscode.Uri.file('/p/a.py');
  const pick = vi.fn();

  beforeEach(() => {
    errors = [];
    memento = new FakeMemento();
    pick.mockReset();
    const selection = new SubscriptionSelection(new FakeMemento());
    workspaces = new Workspaces(client, selection, { pick }, memento);
    descriptions = new Descriptions(client, workspaces, (error) => errors.push(error));
    client.answer(server.explorer.subscriptions, () => ({ subscriptions: [], problems: [] }));
    client.answer(server.notebook.workspace, () => ({ nodeId: 'ws', name: 'w', configPath: '/p/config.json' }));
    client.answer(server.notebook.describe, ({ assets }) => ({ descriptions: assets.map(() => described()) }));
  });

  it('asks about many references at once, and once', async () => {
    const answers = Promise.all(['a', 'b', 'a'].map((name) => descriptions.get(uri, model(name))));
    await settle();
    expect(await answers).toHaveLength(3);
    expect(
      (callsOf('notebook/describe') as NotebookDescribeParams[]).map(({ assets }) => assets.map(({ name }) => name)),
    ).toEqual([['a', 'b']]);
    await descriptions.get(uri, model('a'));
    expect(callsOf('notebook/describe')).toHaveLength(1);
  });

  it('says nothing of a workspace that does not answer, and leaves it alone for a while', async () => {
    client.answer(server.notebook.describe, () => Promise.reject(new Error('offline')));
    const first = descriptions.get(uri, model());
    await settle();
    expect(await first).toBeUndefined();
    expect(await descriptions.get(uri, model('b'))).toBeUndefined();
    expect(callsOf('notebook/describe')).toHaveLength(1);
    expect(errors).toHaveLength(1);
  });

  it('asks for the workspace once where no file says, and remembers it for the folder', async () => {
    client.answer(server.notebook.workspace, () => ({ nodeId: null, name: null, configPath: null }));
    expect(await workspaces.find(uri)).toBeUndefined();
    pick.mockResolvedValueOnce([treeNode('chosen', { kind: 'workspace', label: 'mine' })]);
    expect(await workspaces.findOrAsk(uri)).toMatchObject({ nodeId: 'chosen', name: 'mine' });
    expect(await workspaces.findOrAsk(uri)).toMatchObject({ nodeId: 'chosen' });
    expect(await workspaces.find(vscode.Uri.file('/p/other.py'))).toMatchObject({ nodeId: 'chosen' });
    expect(await workspaces.find(vscode.Uri.file('/elsewhere/a.py'))).toBeUndefined();
    expect(pick).toHaveBeenCalledTimes(1);
  });

  it('asks which of several is meant, takes the only one, and falls back to all', async () => {
    const candidate = (name: string, isRegistry = false): NotebookCandidate => ({
      nodeId: `node-${name}`,
      name,
      subscription: 'Contoso',
      resourceGroup: 'rg',
      isRegistry,
    });
    let candidates = [candidate('one'), candidate('two'), candidate('shared', true)];
    let incomplete = false;
    client.answer(server.notebook.workspace, () => ({ nodeId: null, name: null, configPath: null }));
    client.answer(server.notebook.candidates, () => ({ candidates, incomplete }));
    fake.picks.push((items) => {
      expect(items.map(({ label }) => label)).toEqual([
        '$(project) one',
        '$(project) two',
        '$(repo) shared',
        '$(list-tree) Another Workspace...',
      ]);
      return items[1];
    });
    expect(await workspaces.findOrAsk(uri, model())).toMatchObject({ nodeId: 'node-two', name: 'two' });
    expect(await workspaces.findOrAsk(uri, model('other'))).toMatchObject({ nodeId: 'node-two' });
    expect(callsOf('notebook/candidates')).toHaveLength(1);

    candidates = [candidate('only')];
    expect(await workspaces.findOrAsk(vscode.Uri.file('/q/a.py'), model())).toMatchObject({ nodeId: 'node-only' });

    incomplete = true;
    fake.picks.push((items) => items[0]);
    expect(await workspaces.findOrAsk(vscode.Uri.file('/r/a.py'), model())).toMatchObject({ nodeId: 'node-only' });

    candidates = [];
    pick.mockResolvedValueOnce([treeNode('chosen', { kind: 'workspace', label: 'mine' })]);
    expect(await workspaces.findOrAsk(vscode.Uri.file('/s/a.py'), model())).toMatchObject({ nodeId: 'chosen' });
  });

  it('marks what is missing, and offers the versions that fit', async () => {
    const text = new Text(uri, 'x');
    fake.textDocuments = [text];
    client.answer(server.notebook.describe, ({ assets }) => ({
      descriptions: assets.map(({ name }) =>
        name === 'gone'
          ? described({ state: 'missing', found: [], versions: ['12', 'a"b', 'beta'], reason: 'It is gone.' })
          : described(),
      ),
    }));
    const missing = new MissingReferences(store, descriptions, fail);
    store.set(uri, 1, [reference(model(), 0), { ...reference(model('gone'), 1), versionIsNumber: true }]);
    await settle();
    await settle();
    const at = new vscode.Range(1, 4, 1, 20);
    const diagnostic = Object.assign(new vscode.Diagnostic(at, 'It is gone.', vscode.DiagnosticSeverity.Information), {
      code: 'amlData.missing',
    });
    const context = { diagnostics: [diagnostic] } as unknown as vscode.CodeActionContext;
    const actions = missing.provideCodeActions(text.document, at, context);
    expect(actions.map(({ title }) => title)).toEqual(['Use version 12 of gone']);
    expect((actions[0]?.edit as unknown as { edits: unknown[] }).edits).toMatchObject([
      { text: '12', range: new vscode.Range(1, 18, 1, 19) },
    ]);
    const other = Object.assign(
      new vscode.Diagnostic(new vscode.Range(0, 4, 0, 20), 'It is gone.', vscode.DiagnosticSeverity.Information),
      { code: 'amlData.missing' },
    );
    expect(
      missing.provideCodeActions(text.document, at, { diagnostics: [other] } as unknown as vscode.CodeActionContext),
    ).toEqual([]);
    missing.dispose();
  });

  describe('and downloading', () => {
    let goals: ExportGoal[];
    let offers: FinishOffer[];
    let flow: DownloadFlow;

    beforeEach(() => {
      goals = [];
      offers = [];
      const exports = {
        showFiles: () => Promise.resolve(),
        startWorkspaces: () => Promise.resolve(undefined),
        start: (goal: ExportGoal) => {
          goals.push(goal);
          return Promise.resolve({
            operation: operation('op', { destination: '/p' }),
            folder: '/p',
            format: 'folder' as const,
            firstPath: 'churn/3/MLmodel',
            hasOwnFolder: false,
          });
        },
      };
      const operations = {
        all: [],
        selected: [],
        onDidFinish: new vscode.EventEmitter<never>().event,
        get: () => undefined,
        load: () => Promise.resolve(),
        put: () => undefined,
        show: () => Promise.resolve(),
        offer: (_id: string, offer: FinishOffer) => offers.push(offer),
      };
      flow = new DownloadFlow(workspaces, descriptions, exports, operations, new CodeInserter(client));
      client.answer(server.notebook.loadCode, ({ folder, from, inFile }) => ({
        text: `load ${folder} from ${from} ${inFile}`,
        flavour: 'path',
      }));
    });

    it('goes beside the notebook, and inserts the cell below the one at hand', async () => {
      const notebookUri = vscode.Uri.file('/p/n.ipynb');
      const notebook = { uri: notebookUri, cellCount: 5, getCells: () => [] };
      fake.notebookDocuments = [notebook];
      fake.visibleNotebookEditors = [{ notebook, selections: [{ start: 1, end: 2 }] }];
      await flow.reference(notebookUri, model());
      expect(goals).toEqual([{ title: 'Download churn:3', nodeIds: ['node-3'], beside: '/p' }]);
      expect(offers.map(({ title }) => title)).toEqual(['Insert Cell']);
      await offers[0]?.run();
      expect(fake.applied[0]?.edits[0]).toMatchObject({
        cells: [{ index: 2, cells: [{ value: 'load /p/churn/3 from /p false', languageId: 'python' }] }],
      });
    });

    it('inserts lines into a Python file, as deep as the line below', async () => {
      fake.textDocuments = [new Text(uri, 'def f():\n    x = 1\n    y = azureml')];
      await flow.reference(uri, model());
      expect(offers[0]?.title).toBe('Insert Code');
      await offers[0]?.run();
      expect(fake.applied[0]?.edits[0]).toMatchObject({
        text: '    load /p/churn/3 from /p true\n\n',
        range: { start: { line: 2, character: 0 } },
      });
    });

    it('asks which is meant when a model and data share the name', async () => {
      client.answer(server.notebook.describe, () => ({
        descriptions: [described({ found: [found(), found({ kind: 'data', nodeId: 'data-3' })] })],
      }));
      fake.picks.push((items) => items[1]);
      await flow.reference(uri, { ...model(), kind: 'any' });
      expect(goals[0]?.nodeIds).toEqual(['data-3']);
    });

    it('says what there is instead when it is missing', async () => {
      client.answer(server.notebook.describe, () => ({
        descriptions: [described({ state: 'missing', found: [], reason: 'It is gone.' })],
      }));
      await expect(flow.reference(uri, model())).rejects.toThrow('It is gone. There are: 3, 2');
      expect(goals).toEqual([]);
    });
  });
});
