import { randomUUID } from 'node:crypto';
import type * as vscode from 'vscode';
import { server } from '../../protocol/methods';
import type {
  OperationSummary,
  PlanFormat,
  PlanItem,
  PlanProgress,
  PlanResult,
  PlanReview,
} from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import type { ChangeRequest } from './changeRequest';
import type { PlanView } from './planMessages';

/** Items in a page: a plan may have a hundred thousand, and a person looks at the first few. */
export const pageSize = 500;

/** A plan while a person looks at it: its items as they were asked for, what was ticked and unticked, what that amounts to. */
export class PlanSession {
  private made: PlanResult | undefined;
  private failure: Error | undefined;
  private nextPageToken: string | null = null;
  /** Counts requests for items: a late answer to an earlier one says nothing about where the next page begins. */
  private itemRequests = 0;
  /** Ids of items whose tick differs from the plan's. */
  private readonly toggled = new Set<number>();
  /** The plan's own ticks of the items that were read. */
  private readonly planned = new Map<number, boolean>();
  private readonly labels = new Map<number, string>();
  private reviewed: PlanReview | undefined;

  constructor(
    private readonly sidecar: SidecarClient,
    readonly request: ChangeRequest,
  ) {}

  /** Undefined until it is made. */
  get plan(): PlanResult | undefined {
    return this.made;
  }

  /** @throws what kept it from being made. */
  madeOrThrow(): PlanResult {
    if (this.made === undefined && this.failure !== undefined) {
      throw this.failure;
    }
    return this.needPlan();
  }

  get hasMore(): boolean {
    return this.nextPageToken !== null;
  }

  /** Makes the plan, or makes it anew: the ticks of an earlier one are of no use then. */
  async make(token: vscode.CancellationToken, onProgress: (progress: PlanProgress) => void): Promise<PlanResult> {
    const progressToken = randomUUID();
    const progress = this.sidecar.onProgress(server.operations.planProgress, progressToken, onProgress);
    try {
      const plan = await this.ask(progressToken, token).catch((error: unknown) => {
        this.failure = error instanceof Error ? error : new Error(String(error));
        throw error;
      });
      this.made = plan;
      this.toggled.clear();
      this.planned.clear();
      this.labels.clear();
      this.reviewed = plan.review ?? undefined;
      return plan;
    } finally {
      progress.dispose();
    }
  }

  private ask(progressToken: string, token: vscode.CancellationToken): Promise<PlanResult> {
    const { verb, nodeIds, options, filter, operationId, ruleId, personalData } = this.request;
    if (ruleId !== undefined) {
      const { typeNames, typeAboveBytes } = options;
      return this.sidecar.request(server.retention.plan, { ruleId, typeNames, typeAboveBytes, progressToken }, token);
    }
    return this.sidecar.request(
      server.operations.plan,
      {
        verb,
        nodeIds: [...nodeIds],
        export: null,
        change: options,
        filter,
        operationId,
        progressToken,
        personalData: personalData ?? null,
      },
      token,
    );
  }

  /** The first page of the items, or the one that follows what was read last. */
  async items(view: PlanView, more: boolean, token: vscode.CancellationToken): Promise<readonly PlanItem[]> {
    const request = ++this.itemRequests;
    const page = await this.sidecar.request(
      server.operations.planItems,
      {
        planId: this.needPlan().planId,
        pageToken: more ? this.nextPageToken : null,
        pageSize,
        order: view.order,
        descending: view.descending,
        search: view.search === '' ? null : view.search,
      },
      token,
    );
    if (request === this.itemRequests) {
      this.nextPageToken = page.nextPageToken;
    }
    for (const item of page.items) {
      this.planned.set(item.id, item.ticked);
      this.labels.set(item.id, item.label);
    }
    return page.items;
  }

  /** The label of the record an item belongs to; undefined for a record, or when that was not read yet. */
  ownerOf(item: PlanItem): string | undefined {
    return item.parent === null ? undefined : this.labels.get(item.parent);
  }

  isTicked(item: PlanItem): boolean {
    return item.ticked !== this.toggled.has(item.id);
  }

  tick(ids: readonly number[], ticked: boolean): void {
    for (const id of ids) {
      const planned = this.planned.get(id);
      if (planned === undefined) {
        continue;
      }
      if (planned === ticked) {
        this.toggled.delete(id);
      } else {
        this.toggled.add(id);
      }
    }
    this.reviewed = undefined;
  }

  /** What the ticked items amount to now; undefined when ticks changed while it was asked for, then another answer is on its way. */
  async review(): Promise<PlanReview | undefined> {
    if (this.reviewed !== undefined) {
      return this.reviewed;
    }
    const toggled = this.toggledIds();
    const review = await this.sidecar.request(server.operations.review, { planId: this.needPlan().planId, toggled });
    if (toggled.join() !== this.toggledIds().join()) {
      return undefined;
    }
    this.reviewed = review;
    return review;
  }

  async save(path: string, format: PlanFormat): Promise<void> {
    const { planId } = this.needPlan();
    await this.sidecar.request(server.operations.savePlan, { planId, toggled: this.toggledIds(), path, format });
  }

  async start(confirmation: string | null): Promise<OperationSummary> {
    const { operation } = await this.sidecar.request(server.operations.start, {
      planId: this.needPlan().planId,
      confirmation,
      destination: null,
      toggled: this.toggledIds(),
    });
    return operation;
  }

  private toggledIds(): number[] {
    return [...this.toggled].sort((a, b) => a - b);
  }

  private needPlan(): PlanResult {
    if (this.made === undefined) {
      throw new Error('The plan is not made yet.');
    }
    return this.made;
  }
}
