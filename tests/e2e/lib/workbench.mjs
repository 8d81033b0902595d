// What a person does in a window of VS Code, in the words of a scenario.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';

/** Milliseconds. What comes late on a busy machine comes; only what never comes fails. */
const patience = 60_000;
/** Milliseconds until what a key or a click should have led to is tried once more. */
export const beforeAgain = 8000;

export async function launchBrowser(executablePath) {
  return chromium.launch({
    executablePath,
    args: [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      // Nobody but the server, which is addressed by number. To look at each request instead costs its time.
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
    ],
  });
}

/** Opens a window on a server. The context is fresh: nothing is remembered from other scenarios. */
export async function openWindow(browser, server, { name, outFolder }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  await page.goto(server.url);
  const window = new Workbench(page, context, server, name, outFolder);
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 120_000 });
  return window;
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const asPattern = (text) => (text instanceof RegExp ? text : new RegExp(`^${escape(text)}$`));

export class Workbench {
  constructor(page, context, server, name, outFolder) {
    Object.assign(this, { page, context, server, name, outFolder });
    this.shots = 0;
  }

  /** Shows the container of that title; it is there once extensions are. */
  async openContainer(title) {
    const tab = this.page.locator('.part.activitybar').getByRole('tab', { name: title });
    await tab.waitFor({ timeout: 120_000 });
    await toggled(`the view container ${title} opens`, async () => (await tab.getAttribute('aria-selected')) === 'true', () => tab.locator('a').click());
  }

  /** A view of the side bar, by its title. */
  view(title) {
    return new TreeView(this, this.page.locator('.part.sidebar .split-view-view').filter({
      has: this.page.locator('.pane-header .title', { hasText: asPattern(title) }),
    }).last(), title);
  }

  /** Closes a view of the side bar: the others get its room. */
  async collapse(title) {
    const header = this.page.locator('.part.sidebar .pane-header').filter({ has: this.page.locator('.title', { hasText: asPattern(title) }) });
    if ((await header.getAttribute('aria-expanded')) === 'true') {
      await header.locator('.title').click();
    }
  }

  /** Runs a command from the palette by its full title, `Category: Title`. */
  async command(title) {
    await until(`the palette offers ${title}`, async () => {
      await this.page.keyboard.press('F1');
      const input = this.page.locator('.quick-input-widget:visible .quick-input-box input');
      await input.waitFor();
      await input.fill(`>${title}`);
      const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
      if (!(await shows(row))) {
        await this.page.keyboard.press('Escape');
        return false;
      }
      await row.click();
      return true;
    });
  }

  get quickPick() {
    return new QuickPick(this);
  }

  /** A toast that holds the text. */
  toast(text) {
    return this.page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text });
  }

  /** Presses a button of a notification; one that has gone by is looked up where they are kept. */
  async clickToast(text, button) {
    await until(`${button} of the notification ${text} is pressed`, async () => {
      if (!(await shows(this.toast(text), 20_000))) {
        await this.command('Notifications: Show Notifications');
      }
      const kept = this.page.locator('.notifications-center .notification-list-item').filter({ hasText: text });
      const item = this.toast(text).or(kept).first();
      return item
        .hover({ timeout: beforeAgain })
        .then(() => item.getByRole('button', { name: button }).click({ timeout: beforeAgain }))
        .then(() => true, () => false);
    }, 120_000);
  }

  /** Answers a modal question. */
  async answerDialog(text, button) {
    const dialog = this.page.locator('.monaco-dialog-box').filter({ hasText: text });
    await dialog.waitFor();
    await dialog.getByRole('button', { name: button, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** Answers VS Code's question whether the extension may sign in; Enter says yes, in whatever language. */
  async allowSignIn() {
    const dialog = this.page.locator('.monaco-dialog-box').filter({ hasText: 'Microsoft' });
    await dialog.waitFor();
    // Its button takes the keyboard only once it is drawn.
    await dialog.locator('.monaco-button:focus').waitFor();
    await this.page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
  }

  /** Waits until a preview or a page of an extension shows the text. */
  async previewShows(text) {
    await until(`a page shows "${text}"`, async () => {
      const pages = this.page.frames().filter((frame) => frame !== this.page.mainFrame());
      const texts = await Promise.all(pages.map((frame) => frame.locator('body').innerText({ timeout: 2000 }).catch(() => '')));
      return texts.some((each) => each.includes(text));
    });
  }

  /** Opens a file of the opened folder. */
  async openFile(name) {
    await until(`${name} opens`, async () => {
      await this.page.keyboard.press('Control+p');
      await this.quickPick.fill(name);
      const row = this.quickPick.row(name);
      if (!(await shows(row))) {
        await this.page.keyboard.press('Escape');
        return false;
      }
      await row.click();
      return shows(this.editorTab(name));
    });
  }

  /** The tab of an open editor. */
  editorTab(title) {
    return this.page.locator('.tabs-container').getByRole('tab', { name: title });
  }

  /** The lines of the active text editor that are drawn. */
  async editorText() {
    const lines = this.page.locator('.editor-group-container.active .view-line');
    await lines.first().waitFor();
    return (await lines.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
  }

  /**
   * Points at something in the text editor. Playwright would scroll it into view as other elements are, and with that shift
   * the editor's text out of its place.
   */
  async pointAt(locator) {
    await until('the pointer is on it', async () => {
      const box = await locator.boundingBox({ timeout: beforeAgain }).catch(() => null);
      if (box === null) {
        return false;
      }
      const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      await this.page.mouse.move(at.x, at.y);
      return locator.evaluate((node, { x, y }) => node.contains(document.elementFromPoint(x, y)), at, { timeout: beforeAgain }).catch(() => false);
    });
  }

  /** A text in the lines of the active text editor. */
  inEditor(text) {
    return this.page.locator('.editor-group-container.active .view-line').getByText(text).first();
  }

  /** Clicks a lens above a line of the editor. */
  async clickLens(title) {
    await this.pointAt(this.page.locator('.editor-group-container.active .codelens-decoration a').getByText(title, { exact: true }));
    await this.page.mouse.down();
    await this.page.mouse.up();
  }

  async screenshot(label) {
    await mkdir(this.outFolder, { recursive: true });
    this.shots++;
    const path = join(this.outFolder, `${this.name}-${String(this.shots).padStart(2, '0')}-${label}.png`);
    await this.page.screenshot({ path, animations: 'disabled' });
    return path;
  }

  async close() {
    await this.context.close();
  }
}

class TreeView {
  constructor(window, locator, title) {
    Object.assign(this, { window, page: window.page, locator, title });
  }

  /** The row with that name; a pattern or the exact text. */
  row(label) {
    return this.locator.locator('[role=treeitem]').filter({ has: this.page.locator('.label-name', { hasText: asPattern(label) }) }).first();
  }

  /**
   * Waits until a row is drawn, scrolling down for it and beginning at the top again: the list draws only what is seen, and
   * a row that comes late may come above.
   */
  async find(label, { timeout = patience } = {}) {
    const row = this.row(label);
    await until(`the row ${label} in ${this.title}`, async () => {
      if (await this.isInSight(row)) {
        return true;
      }
      if (!(await this.scrollOn())) {
        await this.scrollToTop();
      }
      return this.isInSight(row);
    }, timeout, 300, async () => `there were ${JSON.stringify(await this.labels())}`);
    return row;
  }

  /** Whether the middle of a row is, where it is clicked: of one at the edge, a part is drawn below what is beside the list. */
  async isInSight(row) {
    if (!(await row.isVisible())) {
      return false;
    }
    const within = this.locator.locator('.monaco-list').first().boundingBox({ timeout: beforeAgain });
    const [inner, outer] = await Promise.all([row.boundingBox({ timeout: beforeAgain }), within]).catch(() => [null, null]);
    if (inner === null || outer === null) {
      return false;
    }
    const middle = inner.y + inner.height / 2;
    return middle > outer.y + 2 && middle < outer.y + outer.height - 2;
  }

  /** Scrolls down by less than is in sight, so that no row is passed over. @returns whether there was more below. */
  async scrollOn() {
    const before = await this.labels();
    const box = await this.locator.locator('.monaco-list').first().boundingBox();
    await this.scroll(Math.max(44, Math.floor((box?.height ?? 0) * 0.5)));
    return (await this.labels()).join('\n') !== before.join('\n');
  }

  async scrollToTop() {
    for (let before = ''; before !== (await this.labels()).join('\n'); ) {
      before = (await this.labels()).join('\n');
      await this.scroll(-2000);
    }
  }

  async scroll(pixels) {
    const box = await this.locator.locator('.monaco-list').first().boundingBox();
    if (box !== null) {
      await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await this.page.mouse.wheel(0, pixels);
      // What came into sight is drawn with the next picture.
      await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    }
  }

  async expand(label) {
    const row = await this.find(label);
    await toggled(`${label} opens`, async () => (await row.getAttribute('aria-expanded')) === 'true', () => row.locator('.monaco-tl-twistie').click());
    return row;
  }

  async click(label) {
    const row = await this.find(label);
    await row.locator('.label-name').first().click();
    return row;
  }

  /** Opens a row's context menu. @param item the name of an entry, or a pattern for it. @returns that entry. */
  async openMenu(label, item) {
    const entry = this.entry(item);
    await until(`the menu of ${label} offers ${item}`, async () => {
      await (await this.find(label)).click({ button: 'right' });
      if (await shows(entry)) {
        return true;
      }
      await this.page.keyboard.press('Escape');
      return false;
    });
    return entry;
  }

  /** Chooses from a row's context menu. */
  async contextMenu(label, item) {
    await this.openMenu(label, item);
    await this.choose(item);
  }

  entry(item) {
    return this.page.getByRole('menuitem', { name: item, exact: true });
  }

  /** Chooses from the menu that is open. A click right after it opens is lost, so it is tried again while the menu is there. */
  async choose(item) {
    const entry = this.entry(item);
    await entry.waitFor();
    await until(`the menu closes after ${item}`, async () => {
      await entry.click({ timeout: 2000 }).catch(() => {});
      return entry.waitFor({ state: 'hidden', timeout: 2000 }).then(() => true, () => false);
    }, patience, 0);
  }

  /** Clicks a button that shows when the pointer is on the row. */
  async inlineAction(label, action) {
    const row = await this.find(label);
    await row.hover();
    await row.getByRole('button', { name: action }).click();
  }

  async descriptionOf(label) {
    const row = this.row(label);
    return (await row.locator('.label-description').first().innerText({ timeout: beforeAgain }).catch(() => '')).replaceAll('\u00a0', ' ');
  }

  /** The names of the rows that are drawn, from the top. */
  async labels() {
    const rows = this.locator.locator('[role=treeitem]');
    const all = await rows.evaluateAll((nodes) =>
      nodes.map((node) => ({ top: node.getBoundingClientRect().top, text: node.querySelector('.label-name')?.textContent ?? '' })),
    );
    return all.sort((a, b) => a.top - b.top).map((each) => each.text);
  }

  /** Waits until a row says something behind its name. */
  async waitForDescription(label, pattern, timeout = 120_000) {
    let last = '';
    await until(
      `${label} in ${this.title} says ${pattern}`,
      async () => {
        last = await this.descriptionOf(label);
        return pattern.test(last);
      },
      timeout,
      100,
      () => `it said "${last}"`,
    );
    return last;
  }
}

/** The list at the top: quick pick and input box. */
class QuickPick {
  constructor(window) {
    this.page = window.page;
    this.widget = this.page.locator('.quick-input-widget:visible');
  }

  async waitForTitle(title) {
    await this.widget.locator('.quick-input-title', { hasText: title }).waitFor({ timeout: 120_000 });
    return this;
  }

  row(text) {
    return this.widget.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
  }

  async choose(text) {
    const row = this.row(text);
    await row.waitFor();
    await row.click();
  }

  async tick(text) {
    const row = this.row(text);
    await row.waitFor();
    await row.locator('.monaco-checkbox, input[type=checkbox]').first().click();
  }

  async fill(text) {
    await this.widget.locator('.quick-input-box input').fill(text);
  }

  /** What stands in the box. */
  async text() {
    return this.widget.locator('.quick-input-box input').inputValue();
  }

  /** Takes what is ticked. */
  async confirm() {
    await this.widget.getByRole('button', { name: 'OK', exact: true }).click();
  }

  async accept() {
    await this.page.keyboard.press('Enter');
  }

  async rows() {
    const rows = this.widget.locator('.quick-input-list .monaco-list-row');
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' ').replaceAll('\n', ' '));
  }

  async title() {
    return (await this.widget.locator('.quick-input-title').innerText()).replaceAll('\u00a0', ' ');
  }
}

/** Whether something is there before it is time to try again. */
export const shows = (locator, timeout = beforeAgain) => locator.first().waitFor({ timeout }).then(() => true, () => false);

/** Clicks what would undo it when clicked twice, and waits for it. */
async function toggled(what, isDone, click) {
  await until(what, async () => {
    if (!(await isDone())) {
      await click();
    }
    return until(what, isDone, beforeAgain, 100).then(() => true, () => false);
  });
}

/** Repeats until it is true. A row that is drawn anew or a file that is being written can make one try fail: that is one more. */
export async function until(what, body, timeout = patience, interval = 500, detail = () => '') {
  const end = Date.now() + timeout;
  for (;;) {
    let failure;
    try {
      if (await body()) {
        return;
      }
    } catch (error) {
      failure = error;
    }
    if (Date.now() > end) {
      throw new Error(`Waited ${timeout / 1000} s in vain: ${what}. ${failure?.message ?? (await detail())}`, { cause: failure });
    }
    await sleep(interval);
  }
}
