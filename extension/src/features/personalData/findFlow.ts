import * as vscode from 'vscode';
import type { Command } from '../../infrastructure/command';
import { nodesOf } from '../../infrastructure/nodeHandle';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { Settings } from '../../infrastructure/settings';
import type { TreeAccess } from '../../infrastructure/treeAccess';
import { server } from '../../protocol/methods';
import type { SearchParams, TreeNode } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import type { SearchesModel } from './searchesModel';
import type { SubjectForm } from './subjectForm';

type Choices = Pick<SearchParams, 'exhaustive' | 'fileNames' | 'fileContent'>;

interface ChoiceItem extends vscode.QuickPickItem {
  readonly choice: keyof Choices;
}

/** "Find Personal Data...": whose, where, how thoroughly; then the results stream into their view. */
export class FindCommand implements Command {
  readonly id = 'amlData.personalData.find';

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly settings: Settings,
    private readonly model: SearchesModel,
    private readonly form: SubjectForm,
    private readonly picker: NodePicking,
    private readonly tree: TreeAccess,
    private readonly show: () => Promise<void>,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const title = vscode.l10n.t('Find Personal Data');
    const workspaces = await this.workspaces(title, args);
    const subject = workspaces === undefined ? undefined : await this.form.ask(title);
    const choices = subject === undefined ? undefined : await askChoices(title, this.settings);
    if (workspaces === undefined || subject === undefined || choices === undefined) {
      return;
    }
    const { search } = await this.sidecar.request(server.personalData.search, {
      subject,
      workspaceNodeIds: workspaces.map((node) => node.id),
      ...choices,
      maxFileBytes: this.settings.searchedFileBytes,
    });
    this.model.own(search);
    await this.show();
  }

  /** Those clicked or selected, else picked by the way. */
  private async workspaces(title: string, args: readonly unknown[]): Promise<readonly TreeNode[] | undefined> {
    for (const nodes of [nodesOf(args), this.tree.selected]) {
      const found = nodes.filter((node) => node.kind === 'workspace');
      if (found.length > 0) {
        return found;
      }
    }
    return this.picker.pick({ title, actions: ['exportRecord'], kinds: ['workspace'], many: true });
  }
}

async function askChoices(title: string, settings: Settings): Promise<Choices | undefined> {
  const items: readonly ChoiceItem[] = [
    {
      choice: 'exhaustive',
      label: vscode.l10n.t('Read every run'),
      description: vscode.l10n.t('rather than ask the search index, which knows only who created things'),
      picked: true,
    },
    {
      choice: 'fileNames',
      label: vscode.l10n.t('Names of files'),
      description: vscode.l10n.t('in artifacts, datastores and notebooks'),
    },
    {
      choice: 'fileContent',
      label: vscode.l10n.t('Text of files'),
      description: vscode.l10n.t(
        'logs, notebooks, tables up to {0} MB each; takes long',
        settings.searchedFileMegabytes,
      ),
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Records, tags and descriptions are always searched; tick what else is'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (picked === undefined) {
    return undefined;
  }
  const has = (choice: keyof Choices): boolean => picked.some((item) => item.choice === choice);
  return { exhaustive: has('exhaustive'), fileNames: has('fileNames'), fileContent: has('fileContent') };
}
