import type { PlanRow, PlanStrings, PlanView } from '../../src/features/changes/planMessages';
import { element, fill, hasFocus } from './dom';
import { ItemRow } from './itemRow';

type SortKey = Exclude<PlanView['order'], 'plan'>;

interface Column {
  readonly title: (strings: PlanStrings) => string;
  readonly className: string;
  /** By what the server can order; null for what it cannot. */
  readonly sort: SortKey | null;
}

const columns: readonly Column[] = [
  { title: (strings) => strings.name, className: 'name', sort: 'name' },
  { title: (strings) => strings.kind, className: 'kind', sort: 'kind' },
  { title: (strings) => strings.action, className: 'action', sort: 'action' },
  { title: (strings) => strings.size, className: 'number', sort: 'bytes' },
  { title: (strings) => strings.blobs, className: 'number blobs', sort: null },
  { title: (strings) => strings.state, className: 'state', sort: null },
  { title: (strings) => strings.created, className: 'created', sort: 'created' },
  { title: (strings) => strings.note, className: 'note', sort: null },
];

/** What the table tells the page. */
export interface TableListener {
  sorted(key: SortKey): void;
  ticked(ids: readonly number[], ticked: boolean): void;
}

/**
 * The items. Only one row is a stop of the Tab key; the arrow keys go from row to row, so that what comes after the table
 * is one key away however many items there are.
 */
export class ItemTable {
  readonly root: HTMLTableElement;
  private readonly body = element('tbody');
  private readonly heads = new Map<SortKey, HTMLTableCellElement>();
  private readonly all = element('input', { type: 'checkbox' });
  private rows: ItemRow[] = [];
  private current = 0;

  constructor(
    private readonly strings: PlanStrings,
    private readonly listener: TableListener,
  ) {
    this.all.addEventListener('click', (event) => {
      if (this.all.getAttribute('aria-disabled') === 'true') {
        event.preventDefault();
      }
    });
    this.all.addEventListener('change', () => {
      this.tickAll();
    });
    const head = element('tr', {}, element('th', { scope: 'col', class: 'tick' }, this.all));
    for (const column of columns) {
      head.append(this.headOf(column));
    }
    this.root = element(
      'table',
      { 'aria-describedby': 'keys' },
      element('caption', { class: 'unseen' }, strings.items),
      element('thead', {}, head),
      this.body,
    );
    this.drawAll();
    this.body.addEventListener('keydown', (event) => {
      this.onKey(event);
    });
    this.body.addEventListener('focusin', (event) => {
      const index = this.rows.findIndex((row) => row.holds(event.target));
      if (index >= 0) {
        this.makeCurrent(index);
      }
    });
  }

  get count(): number {
    return this.rows.length;
  }

  /** Whether the keyboard is in a row. */
  get hasFocus(): boolean {
    return hasFocus(this.body);
  }

  focusRow(index: number): void {
    this.rows[index]?.focus();
  }

  /** Says in the heads how the items are ordered. */
  showOrder(view: PlanView): void {
    for (const [key, head] of this.heads) {
      const sorted = key === view.order;
      head.setAttribute('aria-sort', sorted ? (view.descending ? 'descending' : 'ascending') : 'none');
    }
  }

  /** Shows rows, after those there are or instead of them. */
  showRows(rows: readonly PlanRow[], append: boolean): void {
    const made = rows.map(
      (row) =>
        new ItemRow(row, this.strings, columns.length + 1, (ticked) => {
          this.listener.ticked([row.id], ticked);
          this.drawAll();
        }),
    );
    const nodes = made.flatMap((row) => row.nodes);
    if (append) {
      this.rows.push(...made);
      this.body.append(...nodes);
    } else {
      this.rows = made;
      this.current = 0;
      this.body.replaceChildren(...nodes);
    }
    this.makeCurrent(this.current);
    this.drawAll();
  }

  private headOf(column: Column): HTMLTableCellElement {
    const title = column.title(this.strings);
    const head = element('th', { scope: 'col', class: column.className });
    const { sort } = column;
    if (sort === null) {
      head.append(title);
      return head;
    }
    const sorter = element('button', { type: 'button', class: 'sorter' }, title);
    sorter.addEventListener('click', () => {
      this.listener.sorted(sort);
    });
    head.append(sorter);
    head.setAttribute('aria-sort', 'none');
    this.heads.set(sort, head);
    return head;
  }

  /** Of what is shown, what may be ticked at all. */
  private get tickable(): readonly ItemRow[] {
    return this.rows.filter(({ row }) => row.canTick);
  }

  /** Ticks what may be ticked without giving a name; when all of that is ticked, unticks everything. */
  private tickAll(): void {
    const free = this.tickable.filter(({ row }) => !row.needsName);
    const ticked = free.some((row) => !row.ticked);
    const changed = (ticked ? free : this.tickable).filter((row) => row.ticked !== ticked);
    for (const row of changed) {
      row.ticked = ticked;
    }
    if (changed.length > 0) {
      this.listener.ticked(
        changed.map(({ row }) => row.id),
        ticked,
      );
    }
    this.drawAll();
  }

  /** The box in the head: ticked only when all that can be ticked is, whether it could be ticked from there or not. */
  private drawAll(): void {
    const { tickable, strings, all } = this;
    const ticked = tickable.filter((row) => row.ticked).length;
    const asksForName = tickable.some(({ row }) => row.needsName);
    const label = [
      strings.tickAll,
      ...(asksForName ? [strings.tickAllNamed] : []),
      ...(tickable.length < this.rows.length ? [strings.tickAllRefused] : []),
    ].join(' ');
    all.setAttribute('aria-label', label);
    all.title = label;
    all.setAttribute('aria-disabled', String(ticked === 0 && tickable.every(({ row }) => row.needsName)));
    all.checked = ticked > 0 && ticked === tickable.length;
    all.indeterminate = ticked > 0 && ticked < tickable.length;
    if (all.indeterminate) {
      all.setAttribute('aria-checked', 'mixed');
    } else {
      all.removeAttribute('aria-checked');
    }
  }

  private makeCurrent(index: number): void {
    this.rows[this.current]?.setStop(false);
    this.current = Math.max(0, Math.min(index, this.rows.length - 1));
    this.rows[this.current]?.setStop(true);
  }

  private onKey(event: KeyboardEvent): void {
    const index = this.rows.findIndex((row) => row.holds(event.target));
    const row = this.rows[index];
    if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: this.rows.length - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) {
      this.rows[Math.max(0, Math.min(target, this.rows.length - 1))]?.focus();
    } else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      row.open(event.key === 'ArrowRight');
    } else if (event.key === 'Escape' && row.isOpen) {
      row.open(false);
      row.focus();
    } else {
      return;
    }
    event.preventDefault();
  }
}

/** The text that says how many are shown. */
export function shownText(strings: PlanStrings, count: number, language: string): string {
  return count === 0 ? strings.noItems : fill(strings.shown, count.toLocaleString(language));
}
