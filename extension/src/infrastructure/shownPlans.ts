import type { PlanResult, TreeNode } from '../protocol/types';

/** A plan somebody else than the person asked for. It is shown; whether it is carried out, the person says there. */
export interface ShownExport {
  readonly title: string;
  readonly nodeIds: readonly string[];
  readonly includeChildren: boolean;
  readonly namedOutputs: boolean;
  /** Stands first in the list and is what Enter meets: a key that was meant for something else chooses nothing. */
  readonly note: string;
  /** Told of what goes wrong after the plan was shown. */
  readonly onError: (error: unknown) => void;
}

/** Shows what an export would bring, with the folders to choose from. */
export interface ExportShowing {
  /** @returns the plan, once it is made and shown. @throws CancellationError when it was closed before. */
  showExport(goal: ShownExport): Promise<PlanResult>;
}

/** What a deletion is to take besides the records. */
export interface ShownDeletion {
  readonly includeData: boolean;
  readonly includeChildren: boolean;
}

/** Shows what a deletion would do, on the page where it is confirmed. */
export interface DeletionShowing {
  /** @returns the plan, once it is made and shown. @throws what kept it from being made; the page says that too. */
  showDeletion(title: string, nodes: readonly TreeNode[], goal: ShownDeletion): Promise<PlanResult>;
}
