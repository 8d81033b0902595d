import type { OperationSummary } from '../protocol/types';

/** What another feature wants exported. */
export interface ExportGoal {
  readonly title: string;
  /** Nodes of the tree. */
  readonly nodeIds: readonly string[];
  /** The folder to offer first, absolute; null for none. */
  readonly beside: string | null;
}

/** A download that was started. */
export interface StartedExport {
  readonly operation: OperationSummary;
  /** The folder that was chosen. */
  readonly destination: string;
  /** Where the first of its items will be, relative to the destination, with slashes. */
  readonly firstPath: string | null;
}

/** Exports nodes as the tree does: plan, folder, start. */
export interface NodeExport {
  /** @returns undefined when the person backed out. */
  start(goal: ExportGoal): Promise<StartedExport | undefined>;
}
