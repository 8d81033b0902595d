import * as vscode from 'vscode';
import type { Command } from '../../infrastructure/command';
import { commandIds } from '../../infrastructure/commandIds';
import { nodeOf, nodesOf } from '../../infrastructure/nodeHandle';
import { openHelp, openNetworkSettings } from '../../infrastructure/openSettings';
import type { NodeAction, TreeNode } from '../../protocol/types';
import { ExplorerNode, LoadMore } from './elements';
import type { ExplorerProvider } from './explorerProvider';

/** "Load more...". */
export class LoadMoreCommand implements Command {
  readonly id = commandIds.loadMore;

  constructor(
    private readonly provider: ExplorerProvider,
    private readonly viewId: string,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const [row] = args;
    if (row instanceof LoadMore) {
      await vscode.window.withProgress({ location: { viewId: this.viewId } }, () => this.provider.loadMore(row.parent));
    }
  }
}

/** "Refresh" of one node. */
export class RefreshNodeCommand implements Command {
  readonly id = commandIds.refreshNode;

  constructor(private readonly provider: ExplorerProvider) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const [element] = args;
    await this.provider.refresh(element instanceof ExplorerNode ? element : undefined);
  }
}

/** "Refresh" of the view. */
export class RefreshCommand implements Command {
  readonly id = 'amlData.explorer.refresh';

  constructor(private readonly provider: ExplorerProvider) {}

  async execute(): Promise<void> {
    await this.provider.refresh();
  }
}

/** "Copy Name": of a file its own; where it lies is "Copy Path". */
export class CopyNameCommand implements Command {
  readonly id = commandIds.copyName;

  async execute(...args: readonly unknown[]): Promise<void> {
    await copy(nodesOf(args).map((node) => node.label));
  }
}

/** "Copy ID": of a run its run id, of everything else its Resource Manager id. */
export class CopyIdCommand implements Command {
  readonly id = commandIds.copyId;

  async execute(...args: readonly unknown[]): Promise<void> {
    await copy(
      nodesOf(args).map((node) => (node.kind === 'run' ? nameOf(node) : (node.resource?.resourceId ?? nameOf(node)))),
    );
  }
}

/** "Open in Azure ML Studio". */
export class OpenInStudioCommand implements Command {
  readonly id = commandIds.openInStudio;

  async execute(...args: readonly unknown[]): Promise<void> {
    const address = nodeOf(args)?.resource?.studioUrl;
    if (address !== undefined && address !== null) {
      await vscode.env.openExternal(vscode.Uri.parse(address, true));
    }
  }
}

/** "Open in Azure Portal". */
export class OpenInPortalCommand implements Command {
  readonly id = commandIds.openInPortal;

  async execute(...args: readonly unknown[]): Promise<void> {
    const address = nodeOf(args)?.resource?.portalUrl;
    if (address !== undefined && address !== null) {
      await vscode.env.openExternal(vscode.Uri.parse(address, true));
    }
  }
}

/** A click on a row that explains something: does what it says can be done, or asks which of it. */
export class RunNodeActionCommand implements Command {
  readonly id = commandIds.runNodeAction;

  constructor(private readonly provider: ExplorerProvider) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const [element] = args;
    if (!(element instanceof ExplorerNode)) {
      return;
    }
    const choices = element.node.actions
      .map((action) => this.choiceFor(action, element))
      .filter((choice) => choice !== undefined);
    const choice =
      choices.length < 2
        ? choices[0]
        : await vscode.window.showQuickPick(choices, {
            title: element.node.label,
            placeHolder: explanationOf(element.node),
          });
    await choice?.run();
  }

  private choiceFor(action: NodeAction, element: ExplorerNode): Choice | undefined {
    const command = (label: string, id: string): Choice => ({
      label,
      run: async () => {
        await vscode.commands.executeCommand(id, element);
      },
    });
    switch (action) {
      case 'retry':
        return { label: vscode.l10n.t('Try Again'), run: () => this.provider.refresh(element.parent) };
      case 'refresh':
        return { label: vscode.l10n.t('Refresh'), run: () => this.provider.refresh(element.parent) };
      case 'signIn':
        return command(vscode.l10n.t('Sign In to Azure...'), commandIds.signIn);
      case 'selectSubscriptions':
        return command(vscode.l10n.t('Select Subscriptions...'), commandIds.selectSubscriptions);
      case 'showLog':
        return command(vscode.l10n.t('Show Log'), commandIds.showLog);
      case 'openSettings':
        return command(vscode.l10n.t('Open Settings'), commandIds.openSettings);
      case 'openNetworkSettings':
        return { label: vscode.l10n.t('Open Proxy Settings'), run: openNetworkSettings };
      case 'openHelp':
        return { label: vscode.l10n.t('Open Help'), run: openHelp };
      case 'showArchived':
        return command(vscode.l10n.t('Show Archived'), commandIds.showArchived);
      case 'filter':
        return command(vscode.l10n.t('Filter Runs...'), commandIds.filter);
      case 'openInStudio':
        return command(vscode.l10n.t('Open in Azure ML Studio'), commandIds.openInStudio);
      case 'copyName':
        return command(vscode.l10n.t('Copy Name'), commandIds.copyName);
      case 'copyId':
        return command(vscode.l10n.t('Copy ID'), commandIds.copyId);
      default:
        // Rows that explain something have no files and no records.
        return undefined;
    }
  }
}

interface Choice extends vscode.QuickPickItem {
  run(): Promise<void>;
}

/** What the tooltip says beyond the label, on one line. */
function explanationOf(node: TreeNode): string {
  const lines = (node.tooltip ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && line.replace(/\.$/, '') !== node.label.replace(/\.$/, '')).join(' ');
}

function nameOf(node: TreeNode): string {
  return node.resource?.name ?? node.label;
}

async function copy(texts: readonly string[]): Promise<void> {
  if (texts.length > 0) {
    await vscode.env.clipboard.writeText(texts.join('\n'));
  }
}
