import type { PlanRow, PlanStrings, PlanSummary, PlanView, ToPage } from '../../src/features/changes/planMessages';
import { Announcer } from './announcer';
import { allow, button, element, hasFocus, show } from './dom';
import type { Host } from './host';
import { ItemTable, shownText } from './itemTable';

/** Milliseconds without a key before what was typed is searched for. */
const searchDelay = 300;

/** The page: what the plan amounts to, its items, and what can be done with it. */
export class Page {
  // Where the keyboard goes when what it was on is gone.
  private readonly title = element('h1', { tabindex: '-1' });
  private readonly busy = element('p', { class: 'busy' });
  private readonly announcer = new Announcer();
  private readonly problem = element('div', { class: 'problem', role: 'alert' });
  private readonly totals = element('p', { class: 'totals', role: 'status' });
  private readonly warnings = element('section', { class: 'warnings' });
  private readonly survivors = element('section', { class: 'survivors' });
  private readonly plan = element('div', { class: 'plan' });
  private readonly status = element('p', { class: 'status', role: 'status' });
  private readonly shown = element('span', { class: 'shown', role: 'status' });
  private readonly hint = element('span', { class: 'hint', id: 'hint' });
  private readonly more: HTMLButtonElement;
  private readonly go: HTMLButtonElement;
  private readonly cancel: HTMLButtonElement;
  private readonly exportFirst: HTMLButtonElement;
  private readonly search: HTMLInputElement;
  private readonly table: ItemTable;
  private view: PlanView;
  /** The last request for items: an answer to an earlier one is of no use. */
  private request = 0;
  /** The plan whose items are shown. */
  private planId: string | undefined;
  private isBusy = false;
  private summary: PlanSummary | undefined;
  private isStale = false;
  private searchTimer: number | undefined;

  constructor(
    root: HTMLElement,
    private readonly host: Host,
    private readonly strings: PlanStrings,
  ) {
    this.view = host.rememberedView;
    this.table = new ItemTable(strings, {
      sorted: (key) => {
        this.sort(key);
      },
      ticked: (ids, ticked) => {
        host.tell({ type: 'tick', ids, ticked });
      },
    });
    this.search = this.makeSearch();
    this.more = button(strings.loadMore, 'secondary', () => {
      this.load(true);
    });
    this.go = button('', 'primary', () => {
      host.tell({ type: 'start' });
    });
    this.go.setAttribute('aria-describedby', 'hint');
    this.exportFirst = button(strings.exportFirst, 'secondary', () => {
      host.tell({ type: 'exportFirst' });
    });
    this.cancel = button(strings.cancel, 'secondary', () => {
      host.tell({ type: 'cancel' });
    });
    this.build(root);
    root.addEventListener('keydown', (event) => {
      this.onKey(event);
    });
  }

  receive(message: Exclude<ToPage, { type: 'strings' }>): void {
    switch (message.type) {
      case 'plan':
        this.title.textContent = message.title;
        if (this.planId !== message.planId) {
          this.planId = message.planId;
          this.load(false);
        }
        break;
      case 'busy':
        this.isBusy = message.message !== null;
        this.busy.textContent = message.message ?? '';
        show(this.busy, this.isBusy);
        this.announcer.tell(message.message ?? '');
        if (this.isBusy) {
          this.hideProblem();
        }
        this.drawButton();
        break;
      case 'summary':
        this.showSummary(message.summary);
        break;
      case 'stale':
        this.isStale = true;
        this.totals.setAttribute('aria-busy', 'true');
        this.drawButton();
        break;
      case 'rows':
        if (message.request === this.request) {
          this.showRows(message.rows, message.append, message.hasMore);
          this.table.root.removeAttribute('aria-busy');
          this.shown.textContent = shownText(this.strings, this.table.count, document.documentElement.lang);
        }
        break;
      case 'problem':
        this.showProblem(message.message, message.offers);
        break;
      case 'status':
        this.status.textContent = message.message;
        break;
    }
  }

  private build(root: HTMLElement): void {
    const { strings, host } = this;
    const toolbar = element('div', { class: 'toolbar' }, this.search, this.shown);
    const scroller = element('div', { class: 'items' }, this.table.root, this.more);
    this.plan.append(
      this.totals,
      this.warnings,
      this.survivors,
      toolbar,
      element('p', { class: 'unseen', id: 'keys' }, strings.keys),
      scroller,
    );
    const footer = element(
      'footer',
      {},
      this.go,
      this.exportFirst,
      button(strings.saveJson, 'secondary save', () => {
        host.tell({ type: 'saveJson' });
      }),
      button(strings.saveMarkdown, 'secondary save', () => {
        host.tell({ type: 'saveMarkdown' });
      }),
      this.cancel,
      this.hint,
    );
    const header = element('header', {}, this.title, this.busy, this.announcer.root, this.problem, this.status);
    root.replaceChildren(header, this.plan, footer);
    for (const hidden of [this.plan, this.busy, this.problem, this.more]) {
      show(hidden, false);
    }
    this.table.showOrder(this.view);
    this.drawButton();
  }

  private makeSearch(): HTMLInputElement {
    const search = element('input', {
      type: 'search',
      'aria-label': this.strings.search,
      placeholder: this.strings.search,
      spellcheck: 'false',
    });
    search.value = this.view.search;
    search.addEventListener('input', () => {
      window.clearTimeout(this.searchTimer);
      this.searchTimer = window.setTimeout(() => {
        this.change({ ...this.view, search: search.value.trim() });
      }, searchDelay);
    });
    return search;
  }

  /** Ascending, then descending, then as it would be done. */
  private sort(key: PlanView['order']): void {
    const { view } = this;
    if (view.order !== key) {
      this.change({ ...view, order: key, descending: false });
    } else {
      this.change(view.descending ? { ...view, order: 'plan', descending: false } : { ...view, descending: true });
    }
  }

  private change(view: PlanView): void {
    if (
      view.order === this.view.order &&
      view.descending === this.view.descending &&
      view.search === this.view.search
    ) {
      return;
    }
    this.view = view;
    this.host.remember(view);
    this.table.showOrder(view);
    this.load(false);
  }

  private load(more: boolean): void {
    this.request++;
    this.table.root.setAttribute('aria-busy', 'true');
    this.host.tell({ type: 'load', request: this.request, view: this.view, more });
  }

  /** Where the rows or the button that had the keyboard are gone, it goes to what took their place. */
  private showRows(rows: readonly PlanRow[], append: boolean, hasMore: boolean): void {
    const [wasInRows, wasOnMore] = [this.table.hasFocus, hasFocus(this.more)];
    const before = append ? this.table.count : 0;
    this.table.showRows(rows, append);
    show(this.more, hasMore);
    if ((wasInRows && !append) || (wasOnMore && (append || !hasMore))) {
      if (this.table.count > before) {
        this.table.focusRow(before);
      } else {
        this.search.focus();
      }
    }
  }

  /** Escape gives up a plan that is being made. From a plan that is there it leads to the button that closes it. */
  private onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) {
      return;
    }
    if (event.target === this.search && this.search.value !== '') {
      this.search.value = '';
      this.change({ ...this.view, search: '' });
    } else if (this.summary === undefined) {
      this.host.tell({ type: 'cancel' });
    } else {
      this.cancel.focus();
    }
    event.preventDefault();
  }

  private showSummary(summary: PlanSummary): void {
    this.summary = summary;
    this.isStale = false;
    this.totals.removeAttribute('aria-busy');
    // Said again only when it is another text.
    if (this.totals.textContent !== summary.totals) {
      this.totals.textContent = summary.totals;
    }
    showList(this.warnings, this.strings.warnings, summary.warnings);
    showList(this.survivors, this.strings.survivors, summary.survivors);
    this.go.textContent = summary.button;
    this.hint.textContent = summary.hint;
    show(this.plan, true);
    this.drawButton();
  }

  private showProblem(message: string, offers: readonly string[]): void {
    this.problem.replaceChildren(
      element('p', {}, message),
      ...offers.map((offer, index) =>
        button(offer, 'secondary', () => {
          this.hideProblem();
          this.host.tell({ type: 'offer', index });
        }),
      ),
    );
    show(this.problem, true);
  }

  private hideProblem(): void {
    if (hasFocus(this.problem)) {
      this.title.focus();
    }
    show(this.problem, false);
  }

  private drawButton(): void {
    show(this.go, this.summary !== undefined);
    allow(this.go, !this.isBusy && !this.isStale && this.summary?.canStart === true);
    show(this.exportFirst, this.summary?.canExportFirst === true);
    allow(this.exportFirst, !this.isBusy);
    for (const save of document.querySelectorAll<HTMLButtonElement>('button.save')) {
      show(save, this.summary !== undefined);
      allow(save, !this.isBusy);
    }
  }
}

function showList(section: HTMLElement, title: string, lines: readonly string[]): void {
  section.replaceChildren(element('h2', {}, title), element('ul', {}, ...lines.map((line) => element('li', {}, line))));
  section.setAttribute('aria-label', title);
  show(section, lines.length > 0);
}
