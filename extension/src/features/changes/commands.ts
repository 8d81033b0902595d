import * as vscode from 'vscode';
import type { Command } from '../../infrastructure/command';
import { formatWhen } from '../../infrastructure/format';
import { nodesOf } from '../../infrastructure/nodeHandle';
import type { NodePicking } from '../../infrastructure/nodePicking';
import { operationIdOf, type OperationList } from '../../infrastructure/operationList';
import type { TreeAccess } from '../../infrastructure/treeAccess';
import type { NodeAction, OperationAction, OperationSummary, OperationVerb, TreeNode } from '../../protocol/types';
import type { ChangeFlow } from './changeFlow';
import { type ChangeVerb, containerKinds, type PaletteCommand } from './verbs';

const prefix = 'amlData.changes.';

interface Split {
  readonly fitting: readonly TreeNode[];
  readonly others: readonly TreeNode[];
}

function split(nodes: readonly TreeNode[], fits: (node: TreeNode) => boolean): Split {
  return { fitting: nodes.filter(fits), others: nodes.filter((node) => !fits(node)) };
}

function allows(node: TreeNode, actions: readonly NodeAction[]): boolean {
  return actions.some((action) => node.actions.includes(action));
}

/** "Delete...", "Archive...", ... of context menus, and of the Delete key, which VS Code tells no node. */
export class VerbCommand implements Command {
  readonly id: string;

  constructor(
    private readonly verb: ChangeVerb,
    private readonly title: string,
    private readonly flow: ChangeFlow,
    private readonly tree: TreeAccess,
  ) {
    this.id = `${prefix}${verb.id}`;
  }

  async execute(...args: readonly unknown[]): Promise<void> {
    const clicked = nodesOf(args);
    const selected = clicked.length === 0 ? this.tree.selected : clicked;
    const { fitting, others } = split(selected, (node) => allows(node, this.verb.actions));
    if (fitting.length > 0) {
      await this.flow.onNodes(this.verb, this.title, fitting, others);
    } else if (selected.length > 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('"{0}" cannot be done with what is selected. The context menu shows what can.', this.title),
      );
    }
  }
}

/** "Delete Run...", "Archive Model...", ...: on what is selected in the tree if it fits, else on what is picked. */
export class KindCommand implements Command {
  readonly id: string;

  constructor(
    private readonly palette: PaletteCommand,
    private readonly title: string,
    private readonly flow: ChangeFlow,
    private readonly tree: TreeAccess,
    private readonly picker: NodePicking,
  ) {
    this.id = `${prefix}${palette.id}`;
  }

  async execute(): Promise<void> {
    const { verb, kinds } = this.palette;
    const { fitting, others } = split(
      this.tree.selected,
      (node) => kinds.includes(node.kind) && allows(node, verb.actions),
    );
    if (fitting.length > 0) {
      await this.flow.onNodes(verb, this.title, fitting, others);
      return;
    }
    const picked = await this.picker.pick({ title: this.title, actions: verb.actions, kinds, many: true });
    if (picked !== undefined) {
      await this.flow.onNodes(verb, this.title, picked, []);
    }
  }
}

/** "Delete Matching...", "Archive Matching...": what is in a node, by age, state, name, tag, person. */
export class MatchingCommand implements Command {
  readonly id: string;

  constructor(
    private readonly verb: ChangeVerb,
    private readonly title: string,
    private readonly flow: ChangeFlow,
    private readonly tree: TreeAccess,
    private readonly picker: NodePicking,
  ) {
    this.id = `${prefix}${verb.id}Matching`;
  }

  async execute(...args: readonly unknown[]): Promise<void> {
    const clicked = nodesOf(args);
    const { fitting, others } = split(clicked.length === 0 ? this.tree.selected : clicked, (node) =>
      allows(node, ['changeMatching']),
    );
    const nodes =
      fitting.length > 0
        ? fitting
        : await this.picker.pick({
            title: this.title,
            actions: ['changeMatching'],
            kinds: containerKinds,
            many: false,
          });
    if (nodes !== undefined) {
      await this.flow.onMatching(this.verb, this.title, nodes, fitting.length > 0 ? others : []);
    }
  }
}

/** "Restore...", "Undelete Data...", "Archive Instead..." of a finished operation. */
export class OperationPlanCommand implements Command {
  constructor(
    readonly id: string,
    private readonly action: OperationAction,
    private readonly verb: OperationVerb,
    private readonly title: string,
    private readonly operations: OperationList,
    private readonly flow: ChangeFlow,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const operationId = operationIdOf(args) ?? (await this.selectedOrPicked());
    const operation = operationId === undefined ? undefined : this.operations.get(operationId);
    if (operation !== undefined && !operation.actions.includes(this.action)) {
      // From a message that has been standing since before it was undone.
      void vscode.window.showInformationMessage(vscode.l10n.t('Of "{0}" nothing is left to undo.', operation.title));
    } else if (operationId !== undefined) {
      await this.flow.onOperation(this.verb, this.title, operationId);
    }
  }

  private async selectedOrPicked(): Promise<string | undefined> {
    await this.operations.load();
    const allows = (operation: OperationSummary): boolean => operation.actions.includes(this.action);
    const [selected, ...more] = this.operations.selected.filter(allows);
    if (selected !== undefined && more.length === 0) {
      return selected.id;
    }
    const items = this.operations.all.filter(allows).map((operation) => ({
      label: operation.title,
      description: formatWhen(operation.finishedAt ?? operation.startedAt),
      detail: operation.message ?? '',
      id: operation.id,
    }));
    const picked = await vscode.window.showQuickPick(items, {
      title: this.title,
      placeHolder: items.length === 0 ? vscode.l10n.t('There is no operation this can be done with.') : '',
    });
    return picked?.id;
  }
}
