import type * as vscode from 'vscode';
import type { ChangePlans, FilterGoal } from '../../infrastructure/changePlans';
import type { ErasePlanning } from '../../infrastructure/erasePlanning';
import type { ErrorPresenter } from '../../infrastructure/errorPresenter';
import type { OperationList } from '../../infrastructure/operationList';
import type { Settings } from '../../infrastructure/settings';
import type { DeletionShowing, ShownDeletion } from '../../infrastructure/shownPlans';
import type { TreeAccess } from '../../infrastructure/treeAccess';
import type {
  BulkFilter,
  OperationVerb,
  PersonalDataSelection,
  PlanResult,
  RetentionRule,
  TreeNode,
} from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { askFilter, type BulkFilterForm, conditionsOf } from './bulkFilter';
import type { ChangeRequest } from './changeRequest';
import { askChoices, defaultOptions } from './choices';
import type { ExportFirst } from './exportFirst';
import { leftOutText } from './leftOut';
import { PlanPage } from './planPage';
import { PlanSession } from './planSession';
import { type ChangeVerb, kindsOf } from './verbs';

/** From nodes, or from a finished operation, to the page with the plan; and, once it ran, to a tree that shows it. */
export class ChangeFlow implements ChangePlans, DeletionShowing, ErasePlanning, vscode.Disposable {
  /** What operations under way were started on; null for what is not known. */
  private readonly targets = new Map<string, readonly string[] | null>();
  private readonly pages = new Set<PlanPage>();
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly settings: Settings,
    private readonly operations: OperationList,
    tree: TreeAccess,
    private readonly exportFirst: ExportFirst,
    private readonly form: BulkFilterForm,
    private readonly extensionUri: vscode.Uri,
    private readonly errors: ErrorPresenter,
  ) {
    this.subscription = operations.onDidFinish((operation) => {
      if (operation.verb === 'export' || operation.verb === 'copy') {
        return;
      }
      const nodeIds = this.targets.get(operation.id) ?? null;
      this.targets.delete(operation.id);
      tree.refreshAround(nodeIds).catch((error: unknown) => {
        errors.write(error, 'explorer/refresh');
      });
    });
  }

  /** A verb on nodes. @param leftOut what was selected and does not allow it. */
  async onNodes(
    verb: ChangeVerb,
    title: string,
    nodes: readonly TreeNode[],
    leftOut: readonly TreeNode[],
  ): Promise<void> {
    const kinds = nodes.map((node) => node.kind);
    const choices = await askChoices(verb, kinds, title, this.settings);
    if (choices === undefined) {
      return;
    }
    const request: ChangeRequest = {
      title,
      verb: verb.verb,
      nodeIds: nodes.map((node) => node.id),
      options: choices.options,
      filter: null,
      operationId: null,
      leftOut: leftOutText(leftOut),
    };
    if (choices.exportFirst) {
      // The page opens when that has ended, and only when it is asked for: what is deleted is looked at again.
      const workspaces = nodes.filter((node) => node.kind === 'workspace').map((node) => node.id);
      await this.exportFirst.start(
        workspaces,
        async () => {
          await this.open(request);
        },
        () => undefined,
      );
    } else {
      await this.open(request);
    }
  }

  /** A verb on what is in nodes and satisfies a filter that is asked for. */
  async onMatching(
    verb: ChangeVerb,
    title: string,
    nodes: readonly TreeNode[],
    leftOut: readonly TreeNode[],
  ): Promise<void> {
    const members = kindsOf(
      nodes.map((node) => node.kind),
      true,
    );
    const filter = await this.form.ask(title, members);
    const choices = filter === undefined ? undefined : await askChoices(verb, members, title, this.settings);
    if (filter !== undefined && choices !== undefined) {
      await this.open({
        title,
        verb: verb.verb,
        nodeIds: nodes.map((node) => node.id),
        options: choices.options,
        filter,
        operationId: null,
        leftOut: leftOutText(leftOut),
      });
    }
  }

  /** A verb on what a finished operation did. */
  async onOperation(verb: OperationVerb, title: string, operationId: string): Promise<void> {
    await this.open({
      title,
      verb,
      nodeIds: [],
      options: defaultOptions(this.settings),
      filter: null,
      operationId,
      leftOut: null,
    });
  }

  askRuns(goal: FilterGoal): Promise<BulkFilter | undefined> {
    return askFilter(goal, ['run'], () => undefined);
  }

  conditionsOf(filter: BulkFilter): readonly string[] {
    return conditionsOf(filter);
  }

  async openRule(rule: RetentionRule): Promise<void> {
    await this.open({
      title: rule.name,
      verb: rule.action === 'archive' ? 'archive' : 'delete',
      nodeIds: [rule.nodeId],
      options: defaultOptions(this.settings),
      filter: rule.filter,
      operationId: null,
      ruleId: rule.id,
      leftOut: null,
    });
  }

  /** What a search for personal data found: records with their data, down to the children. */
  async erase(title: string, selection: PersonalDataSelection): Promise<void> {
    await this.open({
      title,
      verb: 'erase',
      nodeIds: [],
      options: { ...defaultOptions(this.settings), includeData: true, includeVersionsAndSnapshots: true },
      filter: null,
      operationId: null,
      leftOut: null,
      personalData: selection,
    });
  }

  async showDeletion(title: string, nodes: readonly TreeNode[], goal: ShownDeletion): Promise<PlanResult> {
    const session = await this.open({
      title,
      verb: 'delete',
      nodeIds: nodes.map((node) => node.id),
      options: { ...defaultOptions(this.settings), ...goal },
      filter: null,
      operationId: null,
      leftOut: null,
    });
    return session.madeOrThrow();
  }

  dispose(): void {
    this.subscription.dispose();
    for (const page of this.pages) {
      page.dispose();
    }
  }

  private async open(request: ChangeRequest): Promise<PlanSession> {
    const session = new PlanSession(this.sidecar, request);
    const page: PlanPage = new PlanPage(session, this.extensionUri, this.errors, {
      exportFirst: (nodeIds, ended) =>
        this.exportFirst.start(
          nodeIds,
          async () => {
            // Its plan was made anew when the export ended.
            if (this.pages.has(page)) {
              page.reveal();
            } else {
              await this.open(request);
            }
          },
          ended,
        ),
      started: async (operation) => {
        // Before it is put on the list: a quick one may be over by then.
        this.targets.set(operation.id, request.operationId === null ? request.nodeIds : null);
        this.operations.put(operation);
        await this.operations.show();
      },
      closed: () => {
        this.pages.delete(page);
      },
    });
    this.pages.add(page);
    await page.plan();
    return session;
  }
}
