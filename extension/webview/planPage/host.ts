import type { FromPage, PlanView } from '../../src/features/changes/planMessages';

/** What VS Code gives to a page. */
interface WebviewApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: PlanView): void;
}

declare function acquireVsCodeApi(): WebviewApi;

/** The other end: the extension. */
export class Host {
  private readonly api = acquireVsCodeApi();

  tell(message: FromPage): void {
    this.api.postMessage(message);
  }

  /** How the items were shown before the page was hidden. */
  get rememberedView(): PlanView {
    const state = this.api.getState();
    return isView(state) ? state : { order: 'plan', descending: false, search: '' };
  }

  remember(view: PlanView): void {
    this.api.setState(view);
  }
}

function isView(state: unknown): state is PlanView {
  return typeof state === 'object' && state !== null && 'order' in state && 'descending' in state && 'search' in state;
}
