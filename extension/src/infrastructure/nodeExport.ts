import type { ExportFormat, OperationSummary, PersonalDataSelection, PlanResult } from '../protocol/types';

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
  /** The folder the person chose, absolute. */
  readonly folder: string;
  readonly format: ExportFormat;
  /** Where the first of its items is in a plain folder, relative to it, with slashes. */
  readonly firstPath: string;
  /** Whether the export has a folder of its own; in a bag the payload takes its place. */
  readonly hasOwnFolder: boolean;
}

/** Exports nodes as the tree does: plan, folder, start. */
export interface NodeExport {
  /** @returns undefined when the person backed out. */
  start(goal: ExportGoal): Promise<StartedExport | undefined>;
  /**
   * Exports workspaces as a whole: asks which parts, then goes on as with any export.
   * @returns undefined when the person backed out.
   */
  startWorkspaces(title: string, nodeIds: readonly string[]): Promise<OperationSummary | undefined>;
  /** Shows the files of a plan, page by page, until the person goes back. */
  showFiles(plan: PlanResult): Promise<void>;
}

/** Exports what a search for personal data found. */
export interface FoundExport {
  /** @returns whether it was started; false when the person backed out. */
  startFound(title: string, selection: PersonalDataSelection): Promise<boolean>;
}
