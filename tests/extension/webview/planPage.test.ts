// @vitest-environment jsdom
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  FromPage,
  PlanRow,
  PlanStrings,
  PlanView,
  ToPage,
} from '../../../extension/src/features/changes/planMessages';

import { canPress } from '../../../extension/webview/planPage/dom';
import { keepFocus } from '../../../extension/webview/planPage/focusKeeper';
import { Host } from '../../../extension/webview/planPage/host';
import { Page } from '../../../extension/webview/planPage/page';

const names = [
  ...[
    'working',
    'warnings',
    'survivors',
    'items',
    'search',
    'keys',
    'tick',
    'tickAll',
    'tickAllNamed',
    'tickAllRefused',
    'name',
    'kind',
    'action',
    'size',
  ],
  ...[
    'blobs',
    'state',
    'created',
    'note',
    'needsName',
    'noItems',
    'loadMore',
    'saveJson',
    'saveMarkdown',
    'cancel',
    'exportFirst',
  ],
];
const strings = {
  ...Object.fromEntries(names.map((name) => [name, name])),
  tickNamed: '{0}: {1}',
  details: 'Details of {0}',
  shown: '{0} shown',
} as unknown as PlanStrings;

const summary = {
  totals: '2 records',
  warnings: ['Others use it.'],
  survivors: ['Soft-deleted blobs'],
  button: 'Delete',
  hint: 'Asks once more.',
  canStart: true,
  canExportFirst: false,
};

function row(id: number, more: Partial<PlanRow> = {}): PlanRow {
  return {
    ...{
      id,
      label: `plum_${id}`,
      name: null,
      kind: 'run',
      action: 'delete',
      bytes: '1 KB',
      blobs: '2',
      state: 'Failed',
    },
    ...{ created: '1 Jul 2026', note: '', details: [], ticked: true, canTick: true, needsName: false, isPart: false },
    ...more,
  };
}

let told: FromPage[];
let state: unknown;
let page: Page;

beforeEach(() => {
  told = [];
  state = undefined;
  vi.stubGlobal('acquireVsCodeApi', () => ({
    postMessage: (message: FromPage) => told.push(message),
    getState: () => state,
    setState: (next: PlanView) => {
      state = next;
    },
  }));
  Element.prototype.scrollIntoView = () => undefined;
  document.documentElement.lang = 'en';
  document.title = 'Plan';
  document.body.innerHTML = '<main id="page"></main>';
  page = make();
});

function make(): Page {
  return new Page(find('#page'), new Host(), strings);
}

// The type says what the selector is known to find.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
function find<T extends HTMLElement = HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (found === null) {
    throw new Error(`There is no ${selector}.`);
  }
  return found;
}

const all = (selector: string): Element[] => [...document.querySelectorAll(selector)];
const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>('tbody input[type=checkbox]')];
const buttonOf = (text: string): HTMLButtonElement => {
  const found = [...document.querySelectorAll('button')].find((each) => each.textContent === text);
  if (found === undefined) {
    throw new Error(`There is no button ${text}.`);
  }
  return found;
};
/** What a screen reader says of a box; that the attribute agrees with the box is checked. */
const stateOf = (box: HTMLInputElement): string => {
  expect(box.getAttribute('aria-checked')).toBe(box.indeterminate ? 'mixed' : null);
  return box.indeterminate ? 'mixed' : String(box.checked);
};
const loads = (): Extract<FromPage, { type: 'load' }>[] => told.filter((message) => message.type === 'load');

/** Shows a plan with these rows. */
function showPlan(rows: readonly PlanRow[], more: Partial<Extract<ToPage, { type: 'rows' }>> = {}): void {
  page.receive({ type: 'plan', planId: 'p', title: 'Delete 2 runs' });
  page.receive({ type: 'summary', summary });
  answer(rows, more);
}

function answer(rows: readonly PlanRow[], more: Partial<Extract<ToPage, { type: 'rows' }>> = {}): void {
  const request = loads().at(-1)?.request ?? 0;
  page.receive({ type: 'rows', request, rows, append: false, hasMore: false, ...more });
}

function press(target: HTMLElement, key: string): void {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
}

const focused = (): number => boxes().findIndex((box) => box === document.activeElement);

describe('the page', () => {
  it('shows progress, then the plan', () => {
    page.receive({ type: 'busy', message: 'outputs: 1,200 so far' });
    expect(find('.busy').textContent).toBe('outputs: 1,200 so far');
    expect(find('.plan').hidden).toBe(true);
    page.receive({ type: 'busy', message: null });
    showPlan([row(0), row(1)]);
    expect(find('.busy').hidden).toBe(true);
    expect(find('h1').textContent).toBe('Delete 2 runs');
    expect(find('.totals').textContent).toBe('2 records');
    expect(find('.warnings').textContent).toContain('Others use it.');
    expect(find('.survivors').textContent).toContain('Soft-deleted blobs');
    expect(find('.shown').textContent).toBe('2 shown');
    expect(told).toEqual([
      { type: 'load', request: 1, view: { order: 'plan', descending: false, search: '' }, more: false },
    ]);
  });

  it('sets every text as text', () => {
    const evil = '<img src=x onerror=alert(1)>';
    page.receive({ type: 'plan', planId: 'p', title: evil });
    page.receive({ type: 'summary', summary: { ...summary, totals: evil, warnings: [evil], survivors: [evil] } });
    answer([row(0, { label: evil, name: evil, note: evil, details: [evil], state: evil })]);
    page.receive({ type: 'problem', message: evil, offers: [evil] });
    expect(all('img')).toEqual([]);
    expect(find('h1').textContent).toBe(evil);
  });

  it('has sections only for what there is to say', () => {
    page.receive({ type: 'summary', summary: { ...summary, warnings: [], survivors: [] } });
    expect(find('.warnings').hidden).toBe(true);
    expect(find('.survivors').hidden).toBe(true);
  });

  it('tells of each of its buttons', () => {
    showPlan([row(0)]);
    for (const text of ['Delete', 'saveJson', 'saveMarkdown', 'cancel']) {
      buttonOf(text).click();
    }
    expect(told.slice(1).map(({ type }) => type)).toEqual(['start', 'saveJson', 'saveMarkdown', 'cancel']);
  });

  it('offers an export first where there is one, and nothing while something is under way', () => {
    showPlan([row(0)]);
    expect(buttonOf('exportFirst').hidden).toBe(true);
    page.receive({ type: 'summary', summary: { ...summary, canExportFirst: true } });
    expect(buttonOf('exportFirst').hidden).toBe(false);
    buttonOf('exportFirst').click();
    expect(told.at(-1)).toEqual({ type: 'exportFirst' });
    page.receive({ type: 'busy', message: 'The export is running.' });
    expect([canPress(buttonOf('exportFirst')), canPress(buttonOf('Delete'))]).toEqual([false, false]);
    page.receive({ type: 'busy', message: null });
    page.receive({ type: 'status', message: 'Made anew.' });
    expect(find('.status').textContent).toBe('Made anew.');
    page.receive({ type: 'status', message: '' });
    expect(find('.status').textContent).toBe('');
  });

  it('cannot be started while a tick is being weighed, nor with nothing ticked', () => {
    showPlan([row(0)]);
    page.receive({ type: 'stale' });
    expect(canPress(buttonOf('Delete'))).toBe(false);
    buttonOf('Delete').click();
    expect(told).not.toContainEqual({ type: 'start' });
    expect(find('.totals').getAttribute('aria-busy')).toBe('true');
    page.receive({ type: 'summary', summary });
    expect(canPress(buttonOf('Delete'))).toBe(true);
    page.receive({ type: 'summary', summary: { ...summary, canStart: false } });
    expect(canPress(buttonOf('Delete'))).toBe(false);
  });

  it('shows a problem with what can be done', () => {
    page.receive({ type: 'problem', message: 'Too old.', offers: ['Try Again', 'Show Log'] });
    expect(find('.problem').getAttribute('role')).toBe('alert');
    buttonOf('Show Log').click();
    expect(told).toContainEqual({ type: 'offer', index: 1 });
    expect(find('.problem').hidden).toBe(true);
  });
});

describe('the items', () => {
  it('are sorted up, down, and as planned again, and say so', () => {
    showPlan([row(0)]);
    const head = find<HTMLTableCellElement>('th.number[aria-sort]');
    const sorter = find('th.number .sorter');
    expect(head.getAttribute('aria-sort')).toBe('none');
    for (const wanted of ['ascending', 'descending', 'none']) {
      sorter.click();
      expect(head.getAttribute('aria-sort')).toBe(wanted);
    }
    expect(
      loads()
        .slice(1)
        .map(({ view }) => [view.order, view.descending]),
    ).toEqual([
      ['bytes', false],
      ['bytes', true],
      ['plan', false],
    ]);
  });

  it('are searched at the server once typing stops, and the view is kept', () => {
    vi.useFakeTimers();
    try {
      showPlan([row(0)]);
      const search = find<HTMLInputElement>('input[type=search]');
      for (const value of ['p', 'pl', 'plum']) {
        search.value = value;
        search.dispatchEvent(new Event('input'));
      }
      vi.runAllTimers();
      expect(loads()).toHaveLength(2);
      expect(loads()[1]?.view.search).toBe('plum');
      answer([]);
      expect(find('.shown').textContent).toBe('noItems');
    } finally {
      vi.useRealTimers();
    }
    document.body.innerHTML = '<main id="page"></main>';
    page = make();
    page.receive({ type: 'plan', planId: 'p', title: 'again' });
    expect(loads().at(-1)?.view.search).toBe('plum');
    expect(find<HTMLInputElement>('input[type=search]').value).toBe('plum');
  });

  it('come page by page, one stop of the Tab key however many', () => {
    const rows = Array.from({ length: 500 }, (_, id) => row(id));
    showPlan(rows, { hasMore: true });
    for (let loaded = 500; loaded < 2_000; loaded += 500) {
      buttonOf('loadMore').click();
      answer(
        rows.map((each) => ({ ...each, id: each.id + loaded })),
        { append: true, hasMore: loaded < 1_500 },
      );
    }
    expect(boxes()).toHaveLength(2_000);
    expect(find('.shown').textContent).toBe('2,000 shown');
    expect(buttonOf('loadMore').hidden).toBe(true);
    expect(all('tbody [tabindex="0"]')).toHaveLength(1);
  }, 60_000);

  it('are asked for anew when the plan is another one, and only then', () => {
    showPlan([row(0)]);
    page.receive({ type: 'plan', planId: 'p', title: 'Delete 2 runs' });
    expect(loads()).toHaveLength(1);
    page.receive({ type: 'plan', planId: 'p2', title: 'Delete 1 run' });
    expect(loads()).toHaveLength(2);
    expect(find('h1').textContent).toBe('Delete 1 run');
  });

  it('are not shown when another order was asked for meanwhile', () => {
    showPlan([row(0)]);
    find('th.name .sorter').click();
    page.receive({ type: 'rows', request: 1, rows: [row(7)], append: false, hasMore: false });
    expect(find('tbody').textContent).not.toContain('plum_7');
  });

  it('are ticked and unticked, but not those that are refused', () => {
    showPlan([row(0), row(1, { canTick: false, ticked: false, note: 'It is running.' })]);
    const [free, refused] = boxes();
    free?.click();
    refused?.click();
    expect(told.slice(1)).toEqual([{ type: 'tick', ids: [0], ticked: false }]);
    expect(refused?.checked).toBe(false);
    expect(refused?.getAttribute('aria-disabled')).toBe('true');
    expect(refused?.getAttribute('aria-label')).toBe('plum_1: run, delete, It is running.');
  });

  it('are ticked together, without those that ask for a name', () => {
    showPlan([
      row(0),
      row(1, { ticked: false }),
      row(2, { ticked: false, needsName: true }),
      row(3, { canTick: false, ticked: false }),
    ]);
    const head = find<HTMLInputElement>('thead input');
    expect(stateOf(head)).toBe('mixed');
    expect(head.title).toBe('tickAll tickAllNamed tickAllRefused');
    head.click();
    expect(told.at(-1)).toEqual({ type: 'tick', ids: [1], ticked: true });
    // One that could be ticked is not: not all are.
    expect(stateOf(head)).toBe('mixed');
    head.click();
    expect(told.at(-1)).toEqual({ type: 'tick', ids: [0, 1], ticked: false });
    expect(boxes().map((box) => box.checked)).toEqual([false, false, false, false]);
    expect(find('.badge').textContent).toBe('needsName');
  });

  it('are all ticked only when each that can be is', async () => {
    showPlan([
      row(0),
      row(1, { ticked: false, needsName: true, note: 'Others use it.' }),
      row(2, { canTick: false, ticked: false, note: 'It is running.' }),
    ]);
    const head = find<HTMLInputElement>('thead input');
    expect(stateOf(head)).toBe('mixed');
    expect((await axe.run(document, { rules: { 'color-contrast': { enabled: false } } })).violations).toEqual([]);
    boxes()[1]?.click();
    expect(stateOf(head)).toBe('true');
    head.click();
    expect(told.at(-1)).toEqual({ type: 'tick', ids: [0, 1], ticked: false });
    expect(stateOf(head)).toBe('false');
    boxes()[1]?.click();
    expect(stateOf(head)).toBe('mixed');
    answer([row(3, { ticked: false, needsName: true }), row(4, { canTick: false, ticked: false })]);
    expect([stateOf(head), head.getAttribute('aria-disabled')]).toEqual(['false', 'true']);
    head.click();
    expect([stateOf(head), head.title]).toEqual(['false', 'tickAll tickAllNamed tickAllRefused']);
  });

  it('show their details', () => {
    showPlan([row(0, { details: ['Referred to by: b:2'], name: 'run-0' }), row(1)]);
    const opener = find('.opener');
    const details = find('tr.details');
    expect(opener.getAttribute('aria-controls')).toBe(details.id);
    opener.click();
    expect([opener.getAttribute('aria-expanded'), details.hidden]).toEqual(['true', false]);
    expect(details.textContent).toBe('run-0Referred to by: b:2');
    expect(all('.opener')).toHaveLength(1);
  });

  it('are gone through with the keyboard alone', () => {
    showPlan([row(0), row(1, { details: ['more'] }), row(2)]);
    const [first, second] = boxes();
    first?.focus();
    press(document.activeElement as HTMLElement, 'ArrowDown');
    expect(focused()).toBe(1);
    press(document.activeElement as HTMLElement, 'ArrowRight');
    expect(find('tr.details').hidden).toBe(false);
    press(document.activeElement as HTMLElement, 'ArrowLeft');
    expect(find('tr.details').hidden).toBe(true);
    press(document.activeElement as HTMLElement, 'End');
    expect(focused()).toBe(2);
    press(document.activeElement as HTMLElement, 'Home');
    expect(focused()).toBe(0);
    press(document.activeElement as HTMLElement, 'ArrowUp');
    expect(focused()).toBe(0);
    expect([first?.tabIndex, second?.tabIndex]).toEqual([0, -1]);
  });
});

describe('the keyboard', () => {
  const rowsFrom = (first: number, count: number): PlanRow[] =>
    Array.from({ length: count }, (_, index) => row(first + index));

  it('goes to the first new row when more were loaded with the last press of the button', () => {
    showPlan(rowsFrom(0, 2), { hasMore: true });
    buttonOf('loadMore').focus();
    buttonOf('loadMore').click();
    answer(rowsFrom(2, 2), { append: true, hasMore: false });
    expect(focused()).toBe(2);
  });

  it('stays in the rows when they are others, and goes to the search when there are none', () => {
    showPlan(rowsFrom(0, 3));
    boxes()[2]?.focus();
    page.receive({ type: 'plan', planId: 'p2', title: 'again' });
    answer(rowsFrom(0, 2));
    expect(focused()).toBe(0);
    page.receive({ type: 'plan', planId: 'p3', title: 'again' });
    answer([]);
    expect(document.activeElement).toBe(find('input[type=search]'));
  });

  it('is not moved by what changes elsewhere', () => {
    showPlan(rowsFrom(0, 3));
    const search = find<HTMLInputElement>('input[type=search]');
    search.focus();
    answer(rowsFrom(0, 1));
    page.receive({ type: 'summary', summary });
    page.receive({ type: 'problem', message: 'Too old.', offers: ['Try Again'] });
    page.receive({ type: 'busy', message: 'outputs' });
    expect(document.activeElement).toBe(search);
  });

  it('keeps the button that was pressed while what it began is under way', () => {
    showPlan([row(0)]);
    const go = buttonOf('Delete');
    go.focus();
    go.click();
    page.receive({ type: 'busy', message: 'Starting...' });
    expect([document.activeElement, canPress(go)]).toEqual([go, false]);
    page.receive({ type: 'busy', message: null });
    expect([document.activeElement, canPress(go)]).toEqual([go, true]);
  });

  it('goes to the title when the offer that was taken is gone', () => {
    page.receive({ type: 'problem', message: 'Too old.', offers: ['Try Again'] });
    buttonOf('Try Again').focus();
    buttonOf('Try Again').click();
    expect(document.activeElement).toBe(find('h1'));
  });

  it('comes back to where it was when VS Code has asked something', () => {
    keepFocus();
    showPlan([row(0)]);
    buttonOf('Delete').focus();
    buttonOf('Delete').blur();
    window.dispatchEvent(new Event('focus'));
    expect(document.activeElement).toBe(buttonOf('Delete'));
    buttonOf('cancel').focus();
    window.dispatchEvent(new Event('focus'));
    expect(document.activeElement).toBe(buttonOf('cancel'));
  });

  it('gives up with Escape what is being planned, but nothing that is there', () => {
    press(find('h1'), 'Escape');
    expect(told.at(-1)).toEqual({ type: 'cancel' });
    showPlan([row(0, { details: ['more'] })]);
    const search = find<HTMLInputElement>('input[type=search]');
    search.value = 'plum';
    press(search, 'Escape');
    expect([search.value, document.activeElement]).toEqual(['', document.body]);
    find('.opener').click();
    press(find('.opener'), 'Escape');
    expect([find('tr.details').hidden, focused()]).toEqual([true, 0]);
    press(boxes()[0] as HTMLElement, 'Escape');
    expect(document.activeElement).toBe(buttonOf('cancel'));
    expect(told.filter(({ type }) => type === 'cancel')).toHaveLength(1);
  });
});

describe('a screen reader', () => {
  it('hears the beginning of what is under way at once, then the newest every few seconds', () => {
    vi.useFakeTimers();
    try {
      const region = find('header .unseen');
      expect(region.getAttribute('role')).toBe('status');
      for (const message of ['Looking', 'outputs: 10', 'outputs: 20']) {
        page.receive({ type: 'busy', message });
      }
      expect(region.textContent).toBe('Looking');
      vi.advanceTimersByTime(5000);
      expect(region.textContent).toBe('outputs: 20');
      page.receive({ type: 'busy', message: 'outputs: 30' });
      expect(region.textContent).toBe('outputs: 20');
      page.receive({ type: 'busy', message: null });
      expect(region.textContent).toBe('');
      vi.advanceTimersByTime(10_000);
      expect(region.textContent).toBe('');
    } finally {
      vi.useRealTimers();
    }
  });

  it('finds the places where something is said to be there all the time', () => {
    for (const selector of ['.totals', '.shown', '.status']) {
      expect([selector, find(selector).getAttribute('role'), find(selector).hidden]).toEqual([
        selector,
        'status',
        false,
      ]);
    }
  });
});

describe('accessibility', () => {
  it('has nothing that axe objects to', async () => {
    showPlan(
      [
        row(0, { details: ['more'] }),
        row(1, { canTick: false, ticked: false, note: 'no' }),
        row(2, { needsName: true, isPart: true }),
      ],
      { hasMore: true },
    );
    page.receive({ type: 'problem', message: 'Too old.', offers: ['Try Again'] });
    page.receive({ type: 'status', message: 'Saved' });
    // Colours need a browser that draws.
    const { violations, passes } = await axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    expect(passes.length).toBeGreaterThan(10);
  });
});
