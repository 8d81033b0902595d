// The part of VS Code's API that the extension uses, by hand: `fake` says what a person answers and records what they saw.

import type { WorkspaceEdit } from './editing';

export * from './editing';

type Listener<T> = (value: T) => void;

export class Disposable {
  static from(...items: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => items.forEach((item) => item.dispose()));
  }
  constructor(private readonly action: () => unknown) {}
  dispose(): void {
    this.action();
  }
}

export class EventEmitter<T> {
  private readonly listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>): Disposable => {
    this.listeners.add(listener);
    return new Disposable(() => this.listeners.delete(listener));
  };
  fire(value: T): void {
    for (const listener of [...this.listeners]) {
      listener(value);
    }
  }
  dispose(): void {
    this.listeners.clear();
  }
}

export class CancellationError extends Error {
  constructor() {
    super('Canceled');
    this.name = 'Canceled';
  }
}

export class CancellationTokenSource {
  private readonly emitter = new EventEmitter<undefined>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.emitter.event };
  cancel(): void {
    if (!this.token.isCancellationRequested) {
      this.token.isCancellationRequested = true;
      this.emitter.fire(undefined);
    }
  }
  dispose(): void {
    this.emitter.dispose();
  }
}

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState: number,
  ) {}
}

export class Uri {
  private constructor(
    readonly scheme: string,
    readonly fsPath: string,
    readonly path = fsPath,
    readonly query = '',
  ) {}
  static file(path: string): Uri {
    return new Uri('file', path);
  }
  static from({ scheme, path, query = '' }: { scheme: string; path: string; query?: string }): Uri {
    return new Uri(scheme, `${scheme}:${path}${query === '' ? '' : `?${query}`}`, path, query);
  }
  static joinPath(base: Uri, ...parts: string[]): Uri {
    return new Uri(base.scheme, [base.fsPath, ...parts].join('/'));
  }
  static parse(text: string): Uri {
    return new Uri(text.slice(0, text.indexOf(':')), text);
  }
  toString(): string {
    return this.fsPath;
  }
}

export class FileSystemError extends Error {
  static FileNotFound(what: Uri | string): FileSystemError {
    return new FileSystemError(String(what));
  }
  static NoPermissions(what: Uri | string): FileSystemError {
    return new FileSystemError(String(what));
  }
  static Unavailable(what: Uri | string): FileSystemError {
    return new FileSystemError(String(what));
  }
}

export const FileType = { Unknown: 0, File: 1, Directory: 2, SymbolicLink: 64 };
export const FileChangeType = { Changed: 1, Created: 2, Deleted: 3 };
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const TreeItemCheckboxState = { Unchecked: 0, Checked: 1 };
export const QuickPickItemKind = { Separator: -1, Default: 0 };
export const QuickInputButtons = { Back: { id: 'back' } };
export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 };
export const ViewColumn = { Active: -1 };
export const UIKind = { Desktop: 1, Web: 2 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const LogLevel = { Off: 0, Trace: 1, Debug: 2, Info: 3, Warning: 4, Error: 5 };

/** A message as a person saw it. */
export interface Shown {
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  /** Of a modal question, what stands below it. */
  readonly detail?: string;
  readonly buttons: readonly string[];
}

/** A quick pick that is open: what it shows, and how to act on it. */
export class FakeQuickPick<T extends { label: string }> {
  title = '';
  placeholder = '';
  value = '';
  busy = false;
  enabled = true;
  ignoreFocusOut = false;
  matchOnDescription = false;
  items: readonly T[] = [];
  activeItems: readonly T[] = [];
  selectedItems: readonly T[] = [];
  buttons: readonly unknown[] = [];
  private readonly accepted = new EventEmitter<undefined>();
  private readonly hidden = new EventEmitter<undefined>();
  private readonly changed = new EventEmitter<string>();
  private readonly pressed = new EventEmitter<unknown>();
  private readonly itemPressed = new EventEmitter<{ item: T; button: unknown }>();
  canSelectMany = false;
  readonly onDidAccept = this.accepted.event;
  readonly onDidHide = this.hidden.event;
  readonly onDidChangeValue = this.changed.event;
  readonly onDidTriggerButton = this.pressed.event;
  readonly onDidTriggerItemButton = this.itemPressed.event;
  private open = false;
  show(): void {
    this.open = true;
  }
  hide(): void {
    if (this.open) {
      this.open = false;
      this.hidden.fire(undefined);
    }
  }
  dispose(): void {
    this.hide();
  }
  type(text: string): void {
    this.value = text;
    this.changed.fire(text);
  }
  press(button: unknown): void {
    this.pressed.fire(button);
  }
  choose(part: string): void {
    this.selectedItems = [this.find(part)];
    this.accept();
  }
  /** Ticks what is there to be ticked. */
  tick(...parts: string[]): void {
    this.selectedItems = [...this.selectedItems, ...parts.map((part) => this.find(part))];
  }
  accept(): void {
    this.accepted.fire(undefined);
  }
  pressItem(part: string): void {
    this.itemPressed.fire({ item: this.find(part), button: undefined });
  }
  private find(part: string): T {
    const item = this.items.find((candidate) => candidate.label.includes(part));
    if (item === undefined) {
      throw new Error(`No "${part}" among: ${this.items.map((candidate) => candidate.label).join(' | ')}`);
    }
    return item;
  }
}

/** A webview panel: what it was told, and a way to answer as the page would. */
export class FakePanel {
  readonly told: { type: string }[] = [];
  private readonly received = new EventEmitter<unknown>();
  private readonly disposed = new EventEmitter<undefined>();
  readonly onDidDispose = this.disposed.event;
  isDisposed = false;
  readonly webview = {
    html: '',
    cspSource: 'vscode-resource:',
    onDidReceiveMessage: this.received.event,
    asWebviewUri: (uri: Uri) => uri,
    postMessage: (message: { type: string }) => {
      this.told.push(message);
      return Promise.resolve(true);
    },
  };
  constructor(
    readonly viewType: string,
    public title: string,
    readonly options: unknown,
  ) {}
  send(message: unknown): void {
    this.received.fire(message);
  }
  dispose(): void {
    if (!this.isDisposed) {
      this.isDisposed = true;
      this.disposed.fire(undefined);
    }
  }
}

/** An item of the status bar. */
export class FakeStatusBarItem {
  name = '';
  text = '';
  tooltip = '';
  command: string | undefined;
  backgroundColor: ThemeColor | undefined;
  accessibilityInformation: { label: string; role?: string } | undefined;
  isVisible = false;
  constructor(readonly id: string) {}
  show(): void {
    this.isVisible = true;
  }
  dispose(): void {
    this.isVisible = false;
    fake.statusBarItems = fake.statusBarItems.filter((item) => item !== this);
  }
}

/** An input box as a person saw it. */
export interface ShownInput {
  readonly title?: string;
  readonly prompt?: string;
  readonly validateInput?: (value: string) => unknown;
}

export interface FakeSession {
  readonly accessToken: string;
  readonly account: { readonly label: string };
}

type Answer<T> = (items: readonly { label: string }[], options: { title?: string; canPickMany?: boolean }) => T;

class Fake {
  shown: Shown[] = [];
  /** Titles of the buttons to press on the next messages; undefined closes one. */
  press: (string | undefined)[] = [];
  /** How the next quick picks of showQuickPick are answered. */
  picks: Answer<unknown>[] = [];
  quickPickTitles: string[] = [];
  inputs: (string | undefined)[] = [];
  shownInputs: ShownInput[] = [];
  saves: (string | undefined)[] = [];
  panels: FakePanel[] = [];
  statusBarItems: FakeStatusBarItem[] = [];
  folders: (string | undefined)[] = [];
  quickPicks: FakeQuickPick<{ label: string }>[] = [];
  commands = new Map<string, (...args: unknown[]) => unknown>();
  tools = new Map<string, unknown>();
  /** The ids of the other extensions that are installed. */
  extensions = new Set<string>();
  executed: { command: string; args: unknown[] }[] = [];
  contextKeys = new Map<string, unknown>();
  settings = new Map<string, unknown>();
  /** What the opened folder sets. */
  folderSettings = new Map<string, unknown>();
  clipboard = '';
  opened: string[] = [];
  /** Documents that were shown, with how. */
  documents: { document: unknown; options: unknown }[] = [];
  sessions = new EventEmitter<{ provider: { id: string } }>();
  getSession: (
    provider: string,
    scopes: unknown,
    options: Record<string, unknown>,
  ) => Promise<FakeSession | undefined> = () => Promise.resolve(undefined);
  workspaceFolders: { uri: Uri }[] | undefined;
  isTrusted = true;
  /** Texts that are open. */
  textDocuments: unknown[] = [];
  visibleTextEditors: { document: unknown }[] = [];
  notebookDocuments: unknown[] = [];
  visibleNotebookEditors: { notebook: unknown; selections?: { start: number; end: number }[] }[] = [];
  applied: WorkspaceEdit[] = [];
  textChanged = new EventEmitter<unknown>();
  notebookChanged = new EventEmitter<unknown>();
  textOpened = new EventEmitter<unknown>();
  textClosed = new EventEmitter<unknown>();
  notebookClosed = new EventEmitter<unknown>();
  visibleChanged = new EventEmitter<unknown>();
  remoteName: string | undefined;

  reset(): void {
    Object.assign(this, new Fake());
  }
}

export const fake = new Fake();

function message(level: Shown['level']) {
  return (text: string, ...rest: unknown[]): Promise<unknown> => {
    const items = rest.filter(
      (item): item is string | { title: string } =>
        typeof item === 'string' || (typeof item === 'object' && item !== null && 'title' in item),
    );
    const titleOf = (item: string | { title: string }): string => (typeof item === 'string' ? item : item.title);
    const options = rest.find(
      (item): item is { detail: string } => typeof item === 'object' && item !== null && 'detail' in item,
    );
    fake.shown.push({
      level,
      message: text,
      ...(options === undefined ? {} : { detail: options.detail }),
      buttons: items.map(titleOf),
    });
    const wanted = fake.press.shift();
    return Promise.resolve(items.find((item) => titleOf(item) === wanted));
  };
}

export const ProgressLocation = { Window: 10, Notification: 15 };

export const window = {
  showInformationMessage: message('info'),
  showWarningMessage: message('warning'),
  showErrorMessage: message('error'),
  async showQuickPick(
    items: readonly { label: string }[] | Promise<readonly { label: string }[]>,
    options: { title?: string } = {},
  ) {
    fake.quickPickTitles.push(options.title ?? '');
    const answer = fake.picks.shift();
    return answer?.(await items, options);
  },
  showInputBox: (options: ShownInput = {}) => {
    fake.shownInputs.push(options);
    return Promise.resolve(fake.inputs.shift());
  },
  showSaveDialog: () => {
    const path = fake.saves.shift();
    return Promise.resolve(path === undefined ? undefined : Uri.file(path));
  },
  createWebviewPanel(viewType: string, title: string, _column: unknown, options: unknown) {
    const panel = new FakePanel(viewType, title, options);
    fake.panels.push(panel);
    return panel;
  },
  createStatusBarItem(id: string) {
    const item = new FakeStatusBarItem(id);
    fake.statusBarItems.push(item);
    return item;
  },
  showOpenDialog: () => {
    const folder = fake.folders.shift();
    return Promise.resolve(folder === undefined ? undefined : [Uri.file(folder)]);
  },
  createQuickPick() {
    const pick = new FakeQuickPick<{ label: string }>();
    fake.quickPicks.push(pick);
    return pick;
  },
  get visibleTextEditors() {
    return fake.visibleTextEditors;
  },
  get visibleNotebookEditors() {
    return fake.visibleNotebookEditors;
  },
  activeTextEditor: undefined,
  activeNotebookEditor: undefined,
  onDidChangeVisibleTextEditors: (listener: Listener<unknown>) => fake.visibleChanged.event(listener),
  onDidChangeVisibleNotebookEditors: (listener: Listener<unknown>) => fake.visibleChanged.event(listener),
  showNotebookDocument: () => Promise.resolve({ selection: undefined, revealRange: () => undefined }),
  showTextDocument: (document: unknown, options?: unknown) => {
    fake.documents.push({ document, options });
    return Promise.resolve({ selection: { active: { line: 2, character: 3 } }, revealRange: () => undefined });
  },
  withProgress: (_options: unknown, task: (progress: unknown, token: unknown) => Promise<unknown>) =>
    task({ report: () => undefined }, new CancellationTokenSource().token),
};

export const commands = {
  registerCommand(id: string, handler: (...args: unknown[]) => unknown): Disposable {
    fake.commands.set(id, handler);
    return new Disposable(() => fake.commands.delete(id));
  },
  async executeCommand(command: string, ...args: unknown[]): Promise<unknown> {
    if (command === 'setContext') {
      fake.contextKeys.set(String(args[0]), args[1]);
      return undefined;
    }
    fake.executed.push({ command, args });
    return await fake.commands.get(command)?.(...args);
  },
};

export const extensions = {
  getExtension: (id: string) => (fake.extensions.has(id) ? { id } : undefined),
};

export const workspace = {
  get workspaceFolders() {
    return fake.workspaceFolders;
  },
  getConfiguration: (section: string) => ({
    get: (name: string) => fake.folderSettings.get(`${section}.${name}`) ?? fake.settings.get(`${section}.${name}`),
    inspect: (name: string) => ({
      globalValue: fake.settings.get(`${section}.${name}`),
      workspaceValue: fake.folderSettings.get(`${section}.${name}`),
      workspaceFolderValue: fake.folderSettings.get(`${section}.${name}`),
    }),
    update: (name: string, value: unknown) => {
      fake.settings.set(`${section}.${name}`, value);
      return Promise.resolve();
    },
  }),
  get isTrusted() {
    return fake.isTrusted;
  },
  getWorkspaceFolder: () => undefined,
  get textDocuments() {
    return fake.textDocuments;
  },
  get notebookDocuments() {
    return fake.notebookDocuments;
  },
  onDidChangeTextDocument: (listener: Listener<unknown>) => fake.textChanged.event(listener),
  onDidChangeNotebookDocument: (listener: Listener<unknown>) => fake.notebookChanged.event(listener),
  onDidOpenTextDocument: (listener: Listener<unknown>) => fake.textOpened.event(listener),
  onDidCloseTextDocument: (listener: Listener<unknown>) => fake.textClosed.event(listener),
  onDidCloseNotebookDocument: (listener: Listener<unknown>) => fake.notebookClosed.event(listener),
  openNotebookDocument: () => Promise.resolve(fake.notebookDocuments[0]),
  openTextDocument: (options?: { content?: string }) =>
    Promise.resolve(options?.content === undefined ? fake.textDocuments[0] : options),
  applyEdit: (edit: WorkspaceEdit) => {
    fake.applied.push(edit);
    return Promise.resolve(true);
  },
};

export const languages = {
  createDiagnosticCollection: () => {
    const all = new Map<string, unknown[]>();
    return {
      get: (uri: Uri) => all.get(uri.toString()),
      set: (uri: Uri, diagnostics: unknown[]) => all.set(uri.toString(), diagnostics),
      delete: (uri: Uri) => all.delete(uri.toString()),
      dispose: () => {
        all.clear();
      },
    };
  },
};

export const authentication = {
  getSession: (provider: string, scopes: unknown, options: Record<string, unknown>) =>
    fake.getSession(provider, scopes, options),
  onDidChangeSessions: (listener: Listener<{ provider: { id: string } }>) => fake.sessions.event(listener),
};

export const env = {
  language: 'en',
  appName: 'Test',
  uiKind: UIKind.Desktop,
  get remoteName() {
    return fake.remoteName;
  },
  clipboard: {
    writeText: (text: string) => {
      fake.clipboard = text;
      return Promise.resolve();
    },
  },
  openExternal: (uri: Uri) => {
    fake.opened.push(uri.toString());
    return Promise.resolve(true);
  },
};

export class LanguageModelTextPart {
  constructor(readonly value: string) {}
}

export class LanguageModelToolResult {
  constructor(readonly content: unknown[]) {}
}

export const lm = {
  registerTool: (name: string, tool: unknown): Disposable => {
    fake.tools.set(name, tool);
    return new Disposable(() => fake.tools.delete(name));
  },
};

export const l10n = {
  t: (text: string, ...args: (string | number)[]): string =>
    text.replace(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole)),
};
