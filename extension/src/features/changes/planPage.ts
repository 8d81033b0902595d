import * as vscode from 'vscode';
import { setContextKey } from '../../infrastructure/contextKeys';
import type { ErrorPresenter, Offer } from '../../infrastructure/errorPresenter';
import { formatBytes, formatCount } from '../../infrastructure/format';
import { isCancellation, messageOf, Problem } from '../../infrastructure/problem';
import type { OperationSummary, PlanFormat, PlanProgress } from '../../protocol/types';
import { confirmReview } from './confirmReview';
import { endedWell } from './exportFirst';
import { planHtml } from './planHtml';
import type { FromPage, PlanView, ToPage } from './planMessages';
import type { PlanSession } from './planSession';
import { planStrings, rowOf, summaryOf } from './planTexts';
import { askPlanPath } from './savePlan';

/** Milliseconds in which several ticks are reviewed together. */
const reviewDelay = 200;

/** What becomes of a page. */
export interface PlanPageListener {
  started(operation: OperationSummary): Promise<void>;
  /**
   * The workspaces are to be exported before they are deleted.
   * @param ended told of the export's end.
   * @returns the export; undefined when the person backed out.
   */
  exportFirst(
    nodeIds: readonly string[],
    ended: (operation: OperationSummary) => void,
  ): Promise<OperationSummary | undefined>;
  closed(): void;
}

/** The page on which a person reads a plan, changes what it holds, and starts it. Closing it cancels what is under way. */
export class PlanPage implements vscode.Disposable {
  private readonly panel: vscode.WebviewPanel;
  private readonly cancellation = new vscode.CancellationTokenSource();
  private offers: readonly Offer[] = [];
  private reviewTimer: NodeJS.Timeout | undefined;
  private busy: string | null = null;
  private problem: { readonly message: string; readonly offers: readonly string[] } | null = null;
  private starting = false;
  private exporting = false;
  private status = '';

  constructor(
    private readonly session: PlanSession,
    extensionUri: vscode.Uri,
    private readonly errors: ErrorPresenter,
    private readonly listener: PlanPageListener,
  ) {
    const files = vscode.Uri.joinPath(extensionUri, 'dist');
    const title = vscode.l10n.t('Plan: {0}', session.request.title);
    this.panel = vscode.window.createWebviewPanel('amlData.plan', title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [files],
      enableFindWidget: true,
    });
    const { webview } = this.panel;
    webview.onDidReceiveMessage((message: FromPage) => {
      this.run(() => this.receive(message));
    });
    this.panel.onDidDispose(() => {
      this.dispose();
      listener.closed();
    });
    webview.html = planHtml({
      cspSource: webview.cspSource,
      script: webview.asWebviewUri(vscode.Uri.joinPath(files, 'planPage.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(files, 'planPage.css')).toString(),
      title,
      language: vscode.env.language,
    });
  }

  /** Makes the plan and shows it. What goes wrong is said in the page. */
  async plan(): Promise<void> {
    const before = planStrings().working;
    this.setBusy(before);
    try {
      const plan = await this.session.make(this.cancellation.token, (progress) => {
        this.setBusy(progressText(progress));
      });
      this.panel.title = vscode.l10n.t('Plan: {0}', plan.title);
      this.setBusy(null);
      await this.showPlan();
      setContextKey('amlData.planSeen', true);
    } catch (error) {
      this.fail(error, () => this.plan());
    }
  }

  /** Brings it to the front. */
  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    clearTimeout(this.reviewTimer);
    this.cancellation.cancel();
    this.panel.dispose();
  }

  private async receive(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        // Also when the page was hidden and is shown again: VS Code makes it anew.
        this.post({ type: 'strings', strings: planStrings() });
        this.post({ type: 'busy', message: this.busy });
        this.post({ type: 'status', message: this.status });
        if (this.problem !== null) {
          this.post({ type: 'problem', ...this.problem });
        }
        await this.showPlan();
        break;
      case 'load':
        await this.load(message.request, message.view, message.more);
        break;
      case 'tick':
        this.session.tick(message.ids, message.ticked);
        this.reviewSoon();
        break;
      case 'start':
        await this.start();
        break;
      case 'exportFirst':
        await this.exportFirst();
        break;
      case 'saveJson':
        await this.save('json');
        break;
      case 'saveMarkdown':
        await this.save('markdown');
        break;
      case 'offer': {
        const offer = this.offers[message.index];
        this.clearProblem();
        await offer?.run();
        break;
      }
      case 'cancel':
        this.dispose();
        break;
    }
  }

  private async showPlan(): Promise<void> {
    const { plan } = this.session;
    if (plan !== undefined) {
      this.post({ type: 'plan', planId: plan.planId, title: plan.title });
      await this.review();
    }
  }

  private async load(request: number, view: PlanView, more: boolean): Promise<void> {
    if (this.session.plan === undefined) {
      return;
    }
    const items = await this.session.items(view, more, this.cancellation.token);
    this.post({
      type: 'rows',
      request,
      rows: items.map((item) => rowOf(item, this.session.isTicked(item), this.session.ownerOf(item))),
      append: more,
      hasMore: this.session.hasMore,
    });
  }

  private reviewSoon(): void {
    this.post({ type: 'stale' });
    clearTimeout(this.reviewTimer);
    this.reviewTimer = setTimeout(() => {
      this.run(() => this.review());
    }, reviewDelay);
  }

  private async review(): Promise<void> {
    const { plan, request } = this.session;
    const review = await this.session.review();
    if (plan !== undefined && review !== undefined) {
      this.post({ type: 'summary', summary: summaryOf(plan, review, request.leftOut) });
    }
  }

  private async start(): Promise<void> {
    if (this.starting) {
      return;
    }
    this.starting = true;
    try {
      // Never on numbers that were shown before the last tick.
      clearTimeout(this.reviewTimer);
      const review = await this.session.review();
      const confirmation = review === undefined ? undefined : await confirmReview(review);
      if (confirmation === undefined) {
        await this.review();
        return;
      }
      this.setBusy(vscode.l10n.t('Starting...'));
      const operation = await this.session.start(confirmation);
      this.dispose();
      await this.listener.started(operation);
    } finally {
      this.starting = false;
    }
  }

  /** While the export runs nothing can be started here; afterwards the plan is made anew, for time has gone by. */
  private async exportFirst(): Promise<void> {
    const nodeIds = this.session.plan?.exportFirst ?? [];
    if (nodeIds.length === 0 || this.exporting) {
      return;
    }
    this.exporting = true;
    try {
      this.say('');
      const operation = await this.listener.exportFirst(nodeIds, (ended) => {
        this.exporting = false;
        this.run(() => this.exported(ended));
      });
      if (operation === undefined) {
        this.exporting = false;
      } else if (this.isExporting) {
        this.setBusy(
          vscode.l10n.t(
            '"{0}" is running: see Operations. Nothing is deleted meanwhile; when it has ended, the plan is made anew.',
            operation.title,
          ),
        );
      }
    } catch (error) {
      this.exporting = false;
      throw error;
    }
  }

  private async exported(operation: OperationSummary): Promise<void> {
    this.setBusy(null);
    if (endedWell(operation)) {
      await this.plan();
      this.say(
        operation.state === 'succeeded'
          ? vscode.l10n.t('"{0}" is complete and verified. This plan was made anew after it.', operation.title)
          : vscode.l10n.t(
              '"{0}" has ended, but not everything could be fetched: its receipt says what. This plan was made anew after it.',
              operation.title,
            ),
      );
    } else {
      this.say(
        vscode.l10n.t(
          '"{0}" was not completed. Resume it in Operations, or go on without it: nothing was deleted.',
          operation.title,
        ),
      );
    }
  }

  /** Also after a quick export, which may be over before it is known here to have begun. */
  private get isExporting(): boolean {
    return this.exporting;
  }

  private say(message: string): void {
    this.status = message;
    this.post({ type: 'status', message });
  }

  private async save(format: PlanFormat): Promise<void> {
    const { plan } = this.session;
    const path = plan === undefined ? undefined : await askPlanPath(plan.title, format);
    if (path !== undefined) {
      await this.session.save(path, format);
      this.say(vscode.l10n.t('Saved as {0}', path));
    }
  }

  private run(body: () => Promise<void>): void {
    body().catch((error: unknown) => {
      this.fail(error, body);
    });
  }

  /** Says in the page what went wrong, with what can be done about it. */
  private fail(error: unknown, retry: () => Promise<void>): void {
    if (isCancellation(error) || this.cancellation.token.isCancellationRequested) {
      return;
    }
    this.errors.write(error, 'plan');
    const again = async (): Promise<void> => {
      try {
        await retry();
      } catch (caught) {
        this.fail(caught, retry);
      }
    };
    const planAgain = error instanceof Problem && error.actions.includes('planAgain');
    this.offers = this.errors.offersFor(error, planAgain ? () => this.plan() : again);
    this.problem = { message: messageOf(error), offers: this.offers.map((offer) => offer.title) };
    this.setBusy(null);
    this.post({ type: 'problem', ...this.problem });
  }

  private clearProblem(): void {
    this.problem = null;
    this.offers = [];
  }

  private setBusy(message: string | null): void {
    this.busy = message;
    this.post({ type: 'busy', message });
  }

  private post(message: ToPage): void {
    if (!this.cancellation.token.isCancellationRequested) {
      void this.panel.webview.postMessage(message);
    }
  }
}

function progressText(progress: PlanProgress): string {
  return progress.bytes === 0
    ? vscode.l10n.t('{0}: {1} so far', progress.message, formatCount(progress.items))
    : vscode.l10n.t('{0}: {1} so far, {2}', progress.message, formatCount(progress.items), formatBytes(progress.bytes));
}
