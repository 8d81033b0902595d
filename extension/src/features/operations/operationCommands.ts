import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { RequestType } from 'vscode-jsonrpc/node';
import type { Command } from '../../infrastructure/command';
import { commandIds } from '../../infrastructure/commandIds';
import { server } from '../../protocol/methods';
import type {
  ErrorData,
  OperationAction,
  OperationParams,
  OperationResult,
  OperationSummary,
} from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { describeOperation } from './operationText';
import type { OperationsModel } from './operationsModel';
import { OperationRow } from './operationsProvider';

/** The operation a command was invoked on, or one the person picks among those it can be done with. */
async function operationFor(
  model: OperationsModel,
  action: OperationAction,
  title: string,
  args: readonly unknown[],
): Promise<OperationSummary | undefined> {
  const [row] = args;
  await model.load();
  if (row instanceof OperationRow) {
    return model.get(row.operationId);
  }
  const items = model.all
    .filter((operation) => operation.actions.includes(action))
    .map((operation) => ({ label: operation.title, description: describeOperation(operation), operation }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: items.length === 0 ? vscode.l10n.t('There is no operation this can be done with.') : '',
  });
  return picked?.operation;
}

/** "Pause", "Resume", "Cancel": a request about one operation, answered with how it stands now. */
export class OperationCommand implements Command {
  constructor(
    readonly id: string,
    private readonly sidecar: SidecarClient,
    private readonly model: OperationsModel,
    private readonly action: OperationAction,
    private readonly title: string,
    private readonly request: RequestType<OperationParams, OperationResult, ErrorData>,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const operation = await operationFor(this.model, this.action, this.title, args);
    if (operation !== undefined) {
      const answer = await this.sidecar.request(this.request, { operationId: operation.id });
      this.model.put(answer.operation);
    }
  }
}

/** The commands that only change an operation's state. */
export function stateCommands(sidecar: SidecarClient, model: OperationsModel): readonly OperationCommand[] {
  const { pause, resume, cancel } = server.operations;
  return [
    new OperationCommand('amlData.operations.pause', sidecar, model, 'pause', vscode.l10n.t('Pause'), pause),
    new OperationCommand(commandIds.resume, sidecar, model, 'resume', vscode.l10n.t('Resume'), resume),
    new OperationCommand(
      'amlData.operations.cancel',
      sidecar,
      model,
      'cancel',
      vscode.l10n.t('Cancel Operation'),
      cancel,
    ),
  ];
}

/** "Discard": gives up what could be resumed, so it asks first. */
export class DiscardCommand implements Command {
  readonly id = 'amlData.operations.discard';

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly model: OperationsModel,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const operation = await operationFor(this.model, 'discard', vscode.l10n.t('Discard'), args);
    if (operation === undefined) {
      return;
    }
    const discard = vscode.l10n.t('Discard');
    const picked = await vscode.window.showWarningMessage(
      vscode.l10n.t('Discard "{0}"?', operation.title),
      {
        modal: true,
        detail:
          operation.verb === 'export'
            ? vscode.l10n.t('It can no longer be resumed. Finished files are kept, unfinished ones are removed.')
            : vscode.l10n.t('It can no longer be resumed. What is done stays done; the rest is left as it is.'),
      },
      discard,
    );
    if (picked === discard) {
      await this.sidecar.request(server.operations.discard, { operationId: operation.id });
      await this.model.reload();
    }
  }
}

/** "Clear Finished". */
export class ClearFinishedCommand implements Command {
  readonly id = 'amlData.operations.clearFinished';

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly model: OperationsModel,
  ) {}

  async execute(): Promise<void> {
    const { operations } = await this.sidecar.request(server.operations.clearFinished, {});
    this.model.replace(operations);
  }
}

/** "Refresh" of the Operations view. */
export class RefreshOperationsCommand implements Command {
  readonly id = 'amlData.operations.refresh';

  constructor(private readonly model: OperationsModel) {}

  async execute(): Promise<void> {
    await this.model.reload();
  }
}

/** "Show Receipt". */
export class ReceiptCommand implements Command {
  readonly id = commandIds.receipt;

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly model: OperationsModel,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const operation = await operationFor(this.model, 'receipt', vscode.l10n.t('Show Receipt'), args);
    if (operation !== undefined) {
      const { markdownPath } = await this.sidecar.request(server.operations.receipt, { operationId: operation.id });
      await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(markdownPath));
    }
  }
}

/** "Open Folder": where an export went. */
export class RevealCommand implements Command {
  readonly id = commandIds.reveal;

  constructor(private readonly model: OperationsModel) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const operation = await operationFor(this.model, 'reveal', vscode.l10n.t('Open Folder'), args);
    if (operation?.destination === undefined || operation.destination === null) {
      return;
    }
    await revealFolder(operation.destination);
  }
}

/** Whether an export became one file: a zip. What is gone meanwhile is none. */
async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function revealFolder(folder: string): Promise<void> {
  const uri = vscode.Uri.file(folder);
  // The window's own file manager knows only the machine the window runs on.
  if (vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined) {
    await vscode.commands.executeCommand('revealFileInOS', uri);
  } else if (vscode.workspace.getWorkspaceFolder(uri) !== undefined) {
    await vscode.commands.executeCommand('revealInExplorer', uri);
  } else {
    const parent = { title: vscode.l10n.t('Open Parent in New Window'), target: dirname(folder) };
    const picked = (await isFile(folder))
      ? await vscode.window.showInformationMessage(
          vscode.l10n.t('The file is "{0}", which is in no folder of this window.', folder),
          parent,
        )
      : await vscode.window.showInformationMessage(
          vscode.l10n.t('The files are in "{0}", which is not a folder of this window.', folder),
          { title: vscode.l10n.t('Open in New Window'), target: folder },
          parent,
        );
    if (picked !== undefined) {
      await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(picked.target), {
        forceNewWindow: true,
      });
    }
  }
}
