import type { PlanRow, PlanStrings } from '../../src/features/changes/planMessages';
import { element, fill } from './dom';

/** An item: its row, and below it the row with its details, if it has any. */
export class ItemRow {
  readonly nodes: readonly HTMLTableRowElement[];
  private readonly box: HTMLInputElement;
  private readonly opener: HTMLButtonElement | undefined;
  private readonly detail: HTMLTableRowElement | undefined;

  constructor(
    readonly row: PlanRow,
    strings: PlanStrings,
    width: number,
    private readonly onTick: (ticked: boolean) => void,
  ) {
    this.box = this.makeBox(strings);
    const lines = [...(row.name === null ? [] : [row.name]), ...row.details];
    const detailId = `details-${row.id}`;
    if (lines.length > 0) {
      this.opener = element('button', {
        type: 'button',
        class: 'opener',
        'aria-expanded': 'false',
        'aria-controls': detailId,
        'aria-label': fill(strings.details, row.label),
        tabindex: '-1',
      });
      this.opener.addEventListener('click', () => {
        this.open(this.detail?.hidden ?? false);
      });
      const list = element('ul', {}, ...lines.map((line) => element('li', {}, line)));
      this.detail = element(
        'tr',
        { id: detailId, class: 'details', hidden: '' },
        element('td'),
        element('td', { colspan: String(width - 1) }, list),
      );
    }
    const main = this.makeRow(strings);
    this.nodes = this.detail === undefined ? [main] : [main, this.detail];
    this.draw();
  }

  get ticked(): boolean {
    return this.box.checked;
  }

  set ticked(ticked: boolean) {
    this.box.checked = ticked;
    this.draw();
  }

  /** Whether something is in this row. */
  holds(target: EventTarget | null): boolean {
    return target instanceof Node && this.nodes.some((node) => node.contains(target));
  }

  /** Makes the row a stop of the Tab key, or no stop. */
  setStop(stop: boolean): void {
    const index = stop ? '0' : '-1';
    this.box.setAttribute('tabindex', index);
    this.opener?.setAttribute('tabindex', index);
  }

  focus(): void {
    this.box.focus();
    this.nodes[0]?.scrollIntoView({ block: 'nearest' });
  }

  get isOpen(): boolean {
    return this.detail?.hidden === false;
  }

  open(open: boolean): void {
    if (this.detail !== undefined) {
      this.detail.hidden = !open;
      this.opener?.setAttribute('aria-expanded', String(open));
    }
  }

  private makeBox(strings: PlanStrings): HTMLInputElement {
    const { row } = this;
    const box = element('input', { type: 'checkbox', tabindex: '-1' });
    box.checked = row.ticked;
    const hints = [row.kind, row.action, row.needsName ? strings.needsName : '', row.note];
    box.setAttribute('aria-label', fill(strings.tickNamed, row.label, hints.filter((hint) => hint !== '').join(', ')));
    if (!row.canTick) {
      // Not disabled: then the keyboard could not reach the row to hear why.
      box.setAttribute('aria-disabled', 'true');
    }
    box.addEventListener('click', (event) => {
      if (!row.canTick) {
        event.preventDefault();
      }
    });
    box.addEventListener('change', () => {
      this.draw();
      this.onTick(box.checked);
    });
    return box;
  }

  private makeRow(strings: PlanStrings): HTMLTableRowElement {
    const { row } = this;
    const name = element('th', { scope: 'row', class: 'name' });
    const label = element('span', { class: 'label', title: row.label }, row.label);
    name.append(
      element(
        'span',
        { class: row.isPart ? 'part cell' : 'cell' },
        this.opener ?? element('span', { class: 'no-opener' }),
        label,
      ),
    );
    const note = element('td', { class: 'note' });
    if (row.needsName) {
      note.append(element('span', { class: 'badge' }, strings.needsName), ' ');
    }
    note.append(row.note);
    return element(
      'tr',
      { class: row.canTick ? 'item' : 'item refused' },
      element('td', { class: 'tick' }, this.box),
      name,
      element('td', { class: 'kind' }, row.kind),
      element('td', { class: 'action' }, row.action),
      element('td', { class: 'number' }, row.bytes),
      element('td', { class: 'number blobs' }, row.blobs),
      element('td', { class: 'state' }, row.state),
      element('td', { class: 'created' }, row.created),
      note,
    );
  }

  private draw(): void {
    this.nodes[0]?.classList.toggle('unticked', !this.box.checked);
  }
}
