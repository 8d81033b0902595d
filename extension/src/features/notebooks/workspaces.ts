import { dirname, isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { SubscriptionSelection } from '../../infrastructure/subscriptionSelection';
import { server } from '../../protocol/methods';
import type { NotebookAsset, NotebookCandidate, SubscriptionInfo } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';

/** The workspace that a file's references are looked up in. */
export interface WorkspaceChoice {
  readonly nodeId: string;
  readonly name: string;
  /** The config.json that names it; null when the person chose it. */
  readonly configPath: string | null;
}

const key = 'amlData.notebooks.workspaces';
/** Folders remembered, the newest first. */
const remembered = 100;
/** Milliseconds for which a config.json is not read again. */
const memory = 10_000;

type Chosen = readonly (readonly [folder: string, choice: WorkspaceChoice])[];

/** Which workspace a file belongs to: by the SDK's config.json, else as the person said for this folder. */
export class Workspaces {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Another workspace was chosen. */
  readonly onDidChange = this.changed.event;
  private readonly configured = new Map<
    string,
    { readonly at: number; readonly choice: Promise<WorkspaceChoice | undefined> }
  >();
  private subscriptions: Promise<SubscriptionInfo[]> | undefined;

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly selection: SubscriptionSelection,
    private readonly picker: NodePicking,
    private readonly state: vscode.Memento,
  ) {}

  /** Without asking; undefined when neither a file nor the person has said. */
  async find(file: vscode.Uri): Promise<WorkspaceChoice | undefined> {
    const uri = ownerOf(file);
    // A folder that is not trusted decides nothing, not even which workspace is asked for what it names.
    const folder = vscode.workspace.isTrusted ? folderOf(uri) : undefined;
    return (folder === undefined ? undefined : await this.fromConfig(folder, uri)) ?? this.chosenFor(uri);
  }

  /** Asks where nothing has said, and remembers it for the folder. Offered are those that have what the code names. */
  async findOrAsk(uri: vscode.Uri, asset?: NotebookAsset): Promise<WorkspaceChoice | undefined> {
    return (await this.find(uri)) ?? (asset === undefined ? this.ask(uri) : this.askAmong(uri, asset));
  }

  /** Asks, and remembers it for the folder. */
  async ask(file: vscode.Uri): Promise<WorkspaceChoice | undefined> {
    const [node] =
      (await this.picker.pick({
        title: vscode.l10n.t('Workspace of This Folder'),
        actions: ['copyName', 'copyId', 'refresh', 'openInStudio'],
        kinds: ['workspace'],
        many: false,
      })) ?? [];
    if (node === undefined) {
      return undefined;
    }
    return this.remember(file, { nodeId: node.id, name: node.label, configPath: null });
  }

  private async askAmong(file: vscode.Uri, asset: NotebookAsset): Promise<WorkspaceChoice | undefined> {
    const { candidates, incomplete } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Looking for {0}', asset.name) },
      async () => this.sidecar.request(server.notebook.candidates, { asset, subscriptions: await this.known() }),
    );
    const [only, ...others] = candidates;
    if (only === undefined) {
      return this.ask(file);
    }
    // One alone that was found in a search that ended is no question.
    if (others.length === 0 && !incomplete) {
      return this.remember(file, choiceOf(only));
    }
    const another = { label: `$(list-tree) ${vscode.l10n.t('Another Workspace...')}`, candidate: undefined };
    const picked = await vscode.window.showQuickPick([...candidates.map(itemOf), another], {
      title: vscode.l10n.t('Workspace of This Folder'),
      placeHolder: vscode.l10n.t('{0} is in several: which is meant here?', asset.name),
      matchOnDescription: true,
    });
    if (picked === undefined) {
      return undefined;
    }
    return picked.candidate === undefined ? this.ask(file) : this.remember(file, choiceOf(picked.candidate));
  }

  private async remember(file: vscode.Uri, choice: WorkspaceChoice): Promise<WorkspaceChoice> {
    const place = placeOf(ownerOf(file));
    const others = this.all.filter(([folder]) => folder !== place);
    await this.state.update(key, [[place, choice], ...others].slice(0, remembered));
    this.changed.fire();
    return choice;
  }

  private get all(): Chosen {
    return this.state.get<Chosen>(key) ?? [];
  }

  private chosenFor(uri: vscode.Uri): WorkspaceChoice | undefined {
    const place = placeOf(uri);
    return this.all.find(([folder]) => folder === place)?.[1];
  }

  private async fromConfig(folder: string, uri: vscode.Uri): Promise<WorkspaceChoice | undefined> {
    const known = this.configured.get(folder);
    if (known !== undefined && Date.now() - known.at < memory) {
      return known.choice;
    }
    const choice = this.readConfig(folder, uri);
    if (this.configured.size > remembered) {
      this.configured.clear();
    }
    this.configured.set(folder, { at: Date.now(), choice });
    choice.catch(() => this.configured.delete(folder));
    return choice;
  }

  private async readConfig(folder: string, uri: vscode.Uri): Promise<WorkspaceChoice | undefined> {
    const boundary = vscode.workspace.getWorkspaceFolder(uri)?.uri;
    const { nodeId, name, configPath } = await this.sidecar.request(server.notebook.workspace, {
      folder,
      boundary: boundary?.scheme === 'file' ? boundary.fsPath : null,
      subscriptions: await this.known(),
    });
    return nodeId === null || name === null ? undefined : { nodeId, name, configPath };
  }

  /** The subscriptions the person may use: they tell through which tenant one is opened. */
  private async known(): Promise<SubscriptionInfo[]> {
    const { chosen } = this.selection;
    if (chosen !== undefined) {
      return chosen;
    }
    this.subscriptions ??= this.sidecar
      .request(server.explorer.subscriptions, {})
      .then(({ subscriptions }) => subscriptions);
    try {
      return await this.subscriptions;
    } catch {
      // Nobody is signed in yet: the account's own tenant is taken, and asked again the next time.
      this.subscriptions = undefined;
      return [];
    }
  }
}

function choiceOf({ nodeId, name }: NotebookCandidate): WorkspaceChoice {
  return { nodeId, name, configPath: null };
}

function itemOf(candidate: NotebookCandidate): vscode.QuickPickItem & { readonly candidate: NotebookCandidate } {
  const { name, isRegistry, resourceGroup, subscription } = candidate;
  return {
    label: `$(${isRegistry ? 'repo' : 'project'}) ${name}`,
    description: isRegistry ? vscode.l10n.t('registry in {0}', resourceGroup) : `${subscription}, ${resourceGroup}`,
    candidate,
  };
}

/** The folder of a file on disk; undefined for what was never saved. */
export function folderOf(uri: vscode.Uri): string | undefined {
  const folder = dirname(uri.fsPath);
  return uri.scheme === 'file' && isAbsolute(folder) ? folder : undefined;
}

/** The notebook of a cell; a file is its own. */
export function ownerOf(uri: vscode.Uri): vscode.Uri {
  if (uri.scheme !== 'vscode-notebook-cell') {
    return uri;
  }
  const key = uri.toString();
  const holds = (notebook: vscode.NotebookDocument): boolean =>
    notebook.getCells().some((cell) => cell.document.uri.toString() === key);
  return vscode.workspace.notebookDocuments.find(holds)?.uri ?? uri;
}

/** Where a choice is remembered: the opened folder, else the file's own. */
function placeOf(uri: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? folderOf(uri) ?? '';
}
