// The page with a plan, as a person uses it.
import { until } from './workbench.mjs';

export class PlanPage {
  constructor(window) {
    this.window = window;
    this.page = window.page;
    this.frame = this.page.frameLocator('iframe.webview.ready[src*="extensionId=aml-data-tools.aml-data-tools"]').last().frameLocator('#active-frame');
  }

  /** Waits until the plan is there. */
  async opened() {
    await this.frame.locator('tr.item').first().waitFor({ timeout: 120_000 });
    return this;
  }

  /** The frame itself, for what is asked of a whole document. */
  async innerFrame() {
    return (await this.frame.locator('body').elementHandle()).ownerFrame();
  }

  get title() {
    return this.frame.locator('h1').innerText();
  }

  get totals() {
    return this.frame.locator('.totals').innerText();
  }

  /** What is to be known before going on. */
  get warnings() {
    return this.frame.locator('.warnings').innerText();
  }

  /** What is under way. */
  get busy() {
    return this.frame.locator('.busy').innerText();
  }

  /** What was said last. */
  get status() {
    return this.frame.locator('.status').innerText();
  }

  /** The row of an item by a part of its name. */
  row(text) {
    return this.frame.locator('tr.item').filter({ has: this.frame.locator('.label', { hasText: text }) });
  }

  /** The cells of all rows, by what stands in the head. */
  async rows() {
    return this.frame.locator('tr.item').evaluateAll((rows) =>
      rows.map((row) => ({
        name: row.querySelector('.label').textContent,
        kind: row.querySelector('td.kind').textContent,
        action: row.querySelector('td.action').textContent,
        note: row.querySelector('td.note').textContent,
        ticked: row.querySelector('input').checked,
        refused: row.querySelector('input').getAttribute('aria-disabled') === 'true',
      })),
    );
  }

  /** Presses a button of the page once it can be pressed. */
  async press(name) {
    const button = this.frame.getByRole('button', { name, exact: true });
    await until(`the button ${name} can be pressed`, () => button.isEnabled());
    await button.click();
  }

  /** Presses the verb's button and gives whatever confirmation is asked for. */
  async confirm(verb) {
    const dialog = this.page.locator('.monaco-dialog-box');
    const input = this.page.locator('.quick-input-widget:visible .quick-input-box input');
    const hint = await this.frame.locator('.hint').innerText();
    await this.press(verb);
    const typed = /type "(.*)"/.exec(hint)?.[1];
    if (typed !== undefined) {
      await input.waitFor();
      await input.fill(typed);
      await this.page.keyboard.press('Enter');
    } else if (hint !== '') {
      await dialog.waitFor();
      await dialog.getByRole('button', { name: verb, exact: true }).click();
    }
  }
}
