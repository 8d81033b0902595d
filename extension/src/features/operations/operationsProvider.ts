import * as vscode from 'vscode';
import type { ErrorPresenter } from '../../infrastructure/errorPresenter';
import { isSidecarDown, messageOf } from '../../infrastructure/problem';
import { Throttle } from '../../infrastructure/throttle';
import { server } from '../../protocol/methods';
import type { OperationState, OperationSummary, OperationVerb } from '../../protocol/types';
import type { OperationsModel } from './operationsModel';
import { accessibilityLabelOf, describeOperation, tooltipOf } from './operationText';

/** A row of the view: it names an operation, whose numbers change beneath it. */
export class OperationRow {
  constructor(readonly operationId: string) {}
}

/** A row that says why the list could not be read. */
export class OperationsProblem {
  constructor(readonly message: string) {}
}

export type OperationsElement = OperationRow | OperationsProblem;

/** Milliseconds between two drawings: numbers that change faster cannot be read. */
const drawInterval = 500;

/** The Operations view. */
export class OperationsProvider implements vscode.TreeDataProvider<OperationsElement>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<OperationsElement | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly rows = new Map<string, OperationRow>();
  private readonly draw: Throttle;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly model: OperationsModel,
    private readonly errors: ErrorPresenter,
  ) {
    this.draw = new Throttle(drawInterval, () => {
      this.changed.fire(undefined);
    });
    this.subscription = model.onDidChange(() => {
      this.draw.request();
    });
  }

  getTreeItem(element: OperationsElement): vscode.TreeItem {
    if (element instanceof OperationsProblem) {
      return problemItem(element);
    }
    const operation = this.model.get(element.operationId);
    return operation === undefined ? new vscode.TreeItem(element.operationId) : operationItem(operation);
  }

  async getChildren(element?: OperationsElement): Promise<OperationsElement[]> {
    if (element !== undefined) {
      return [];
    }
    try {
      await this.model.load();
    } catch (error) {
      this.errors.write(error, server.operations.list.method);
      // Of a sidecar that is down the empty view tells; the list is read again when it is up.
      return isSidecarDown(error) ? [] : [new OperationsProblem(messageOf(error))];
    }
    const ids = this.model.all.map((operation) => operation.id);
    for (const id of this.rows.keys()) {
      if (!ids.includes(id)) {
        this.rows.delete(id);
      }
    }
    return ids.map((id) => this.row(id));
  }

  dispose(): void {
    this.draw.dispose();
    this.subscription.dispose();
    this.changed.dispose();
  }

  /** The same row for the same operation, so that a selection survives its progress. */
  private row(id: string): OperationRow {
    const row = this.rows.get(id) ?? new OperationRow(id);
    this.rows.set(id, row);
    return row;
  }
}

function operationItem(operation: OperationSummary): vscode.TreeItem {
  const item = new vscode.TreeItem(operation.title, vscode.TreeItemCollapsibleState.None);
  item.id = operation.id;
  item.description = describeOperation(operation);
  item.tooltip = tooltipOf(operation);
  item.iconPath = iconOf(operation.state, operation.verb);
  item.contextValue = `;${[`state=${operation.state}`, ...operation.actions].join(';')};`;
  item.accessibilityInformation = { label: accessibilityLabelOf(operation) };
  return item;
}

function problemItem(problem: OperationsProblem): vscode.TreeItem {
  const item = new vscode.TreeItem(problem.message, vscode.TreeItemCollapsibleState.None);
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  item.tooltip = problem.message;
  item.accessibilityInformation = { label: vscode.l10n.t('Error: {0}', problem.message) };
  item.contextValue = ';problem;';
  item.command = { command: 'amlData.operations.refresh', title: vscode.l10n.t('Try Again') };
  return item;
}

/** What is under way; how it ended matters more than what it was. */
const verbIcons: Readonly<Record<OperationVerb, string>> = {
  export: 'cloud-download',
  archive: 'archive',
  restore: 'discard',
  unregister: 'remove',
  delete: 'trash',
  undelete: 'history',
  copy: 'cloud-upload',
  erase: 'shield',
};

function iconOf(state: OperationState, verb: OperationVerb): vscode.ThemeIcon {
  const icon = (name: string, color?: string): vscode.ThemeIcon =>
    new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
  switch (state) {
    case 'planned':
      return icon('clock');
    case 'running':
      return icon(verbIcons[verb], 'charts.blue');
    case 'paused':
      return icon('debug-pause', 'icon.foreground');
    case 'cancelRequested':
      return icon('loading~spin');
    case 'cancelled':
      return icon('circle-slash');
    case 'succeeded':
      return icon('pass', 'testing.iconPassed');
    case 'succeededWithWarnings':
      return icon('warning', 'list.warningForeground');
    case 'failed':
      return icon('error', 'list.errorForeground');
    case 'interrupted':
      return icon('debug-disconnect', 'list.warningForeground');
  }
}
