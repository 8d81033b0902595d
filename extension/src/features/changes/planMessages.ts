// What the plan page and its host tell each other. Types alone: the page's script shares nothing else with the host.
import type { PlanOrder } from '../../protocol/types';

/** An item of the plan, in the words and numbers of the person's language. */
export interface PlanRow {
  readonly id: number;
  readonly label: string;
  /** Its name at the service, where that is not what people call it; else null. */
  readonly name: string | null;
  readonly kind: string;
  readonly action: string;
  readonly bytes: string;
  readonly blobs: string;
  readonly state: string;
  readonly created: string;
  readonly note: string;
  readonly details: readonly string[];
  readonly ticked: boolean;
  readonly canTick: boolean;
  readonly needsName: boolean;
  /** Whether it is the data of a record above it. */
  readonly isPart: boolean;
}

/** What the ticked items amount to. */
export interface PlanSummary {
  readonly totals: string;
  readonly warnings: readonly string[];
  readonly survivors: readonly string[];
  /** The verb of the button. */
  readonly button: string;
  /** What stands beside the button: what it will ask, or why it cannot be pressed. */
  readonly hint: string;
  readonly canStart: boolean;
  /** Whether what would be deleted can be exported before. */
  readonly canExportFirst: boolean;
}

/** How the items are shown. */
export interface PlanView {
  readonly order: PlanOrder;
  readonly descending: boolean;
  readonly search: string;
}

/** Fixed texts of the page. */
export interface PlanStrings {
  readonly working: string;
  readonly warnings: string;
  readonly survivors: string;
  readonly items: string;
  readonly search: string;
  readonly keys: string;
  readonly tick: string;
  readonly tickAll: string;
  /** Follows, where some rows ask for the name. */
  readonly tickAllNamed: string;
  /** Follows, where some rows cannot be ticked. */
  readonly tickAllRefused: string;
  readonly tickNamed: string;
  readonly name: string;
  readonly kind: string;
  readonly action: string;
  readonly size: string;
  readonly blobs: string;
  readonly state: string;
  readonly created: string;
  readonly note: string;
  readonly details: string;
  readonly needsName: string;
  readonly shown: string;
  readonly noItems: string;
  readonly loadMore: string;
  readonly saveJson: string;
  readonly saveMarkdown: string;
  readonly cancel: string;
  readonly exportFirst: string;
}

/** From the host to the page. */
export type ToPage =
  | { readonly type: 'strings'; readonly strings: PlanStrings }
  /** Which plan is shown: with another one, its items are asked for. */
  | { readonly type: 'plan'; readonly planId: string; readonly title: string }
  /** The plan is being made or an operation started; null when that is over. */
  | { readonly type: 'busy'; readonly message: string | null }
  | { readonly type: 'summary'; readonly summary: PlanSummary }
  /** A choice changed: the summary is out of date until the next one. */
  | { readonly type: 'stale' }
  | {
      readonly type: 'rows';
      readonly request: number;
      readonly rows: readonly PlanRow[];
      /** Whether they follow those shown, or take their place. */
      readonly append: boolean;
      readonly hasMore: boolean;
    }
  | { readonly type: 'problem'; readonly message: string; readonly offers: readonly string[] }
  /** An empty one takes away what was said before. */
  | { readonly type: 'status'; readonly message: string };

/** From the page to the host. */
export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'load'; readonly request: number; readonly view: PlanView; readonly more: boolean }
  | { readonly type: 'tick'; readonly ids: readonly number[]; readonly ticked: boolean }
  | { readonly type: 'start' }
  | { readonly type: 'exportFirst' }
  | { readonly type: 'saveJson' }
  | { readonly type: 'saveMarkdown' }
  | { readonly type: 'offer'; readonly index: number }
  | { readonly type: 'cancel' };
