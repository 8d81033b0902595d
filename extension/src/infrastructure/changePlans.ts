import type { BulkFilter, RetentionRule } from '../protocol/types';

/** What is asked of a person about runs. */
export interface FilterGoal {
  readonly title: string;
  /** What the form begins with. */
  readonly filter: BulkFilter;
  /** What its last entry says. */
  readonly proceed: string;
  /** The smallest age in days. */
  readonly leastDays: number;
}

/** What other features need of plans of changes, without knowing their pages and forms. */
export interface ChangePlans {
  /** Asks which runs are meant. @returns a filter with at least one condition; undefined when the person backed out. */
  askRuns(goal: FilterGoal): Promise<BulkFilter | undefined>;
  /** The conditions of a filter in words. */
  conditionsOf(filter: BulkFilter): readonly string[];
  /** Opens the page with what a retention rule would do now. */
  openRule(rule: RetentionRule): Promise<void>;
}
