import type { PersonalDataSelection } from '../protocol/types';

/** Plans the erasure of what a search found, and shows the plan. */
export interface ErasePlanning {
  erase(title: string, selection: PersonalDataSelection): Promise<void>;
}
