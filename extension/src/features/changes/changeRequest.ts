import type { BulkFilter, ChangeOptions, OperationVerb, PersonalDataSelection } from '../../protocol/types';

/** What a plan is to be made of. */
export interface ChangeRequest {
  /** What the page is called until the plan has a title. */
  readonly title: string;
  readonly verb: OperationVerb;
  readonly nodeIds: readonly string[];
  readonly options: ChangeOptions;
  /** Given, what is in the nodes and satisfies this is meant. */
  readonly filter: BulkFilter | null;
  /** Given, what a finished operation did is meant. */
  readonly operationId: string | null;
  /** Given, what a retention rule asks for is meant. */
  readonly ruleId?: string;
  /** Given, what a search for personal data found is meant. */
  readonly personalData?: PersonalDataSelection;
  /** Why some of what was selected is not in it; null for nothing left out. */
  readonly leftOut: string | null;
}
