// A person without a mouse.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAgain, until } from './workbench.mjs';

/** Everything by keys; what is on the screen is read, never clicked. */
export class Keyboard {
  constructor(window) {
    this.window = window;
    this.page = window.page;
    this.widget = this.page.locator('.quick-input-widget:visible');
  }

  async press(...keys) {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      await sleep(80);
    }
  }

  /** Runs a command from the palette by its full title. */
  async command(title) {
    await until(`the palette offers ${title}`, async () => {
      await this.press('F1');
      await this.widget.locator('.quick-input-box input').waitFor();
      await this.page.keyboard.type(title);
      const first = this.widget.locator('.quick-input-list .monaco-list-row').first();
      const isThere = await until(`a row ${title}`, async () => (await first.innerText().catch(() => '')).includes(title), beforeAgain, 150).then(
        () => true,
        () => false,
      );
      await this.press(isThere ? 'Enter' : 'Escape');
      return isThere;
    });
  }

  /** Types into the list at the top what tells a row from the others, and takes it; of several that can be ticked, ticks it. */
  async pick(text, { tick = false } = {}) {
    await until(`the list offers ${text}`, async () => (await this.widget.locator('.quick-input-list').innerText().catch(() => '')).includes(text));
    await this.page.keyboard.type(text);
    await until(`${text} alone is left`, async () => {
      const rows = await this.widget.locator('.quick-input-list .monaco-list-row').allInnerTexts();
      return rows.length > 0 && rows.every((row) => row.replaceAll('\u00a0', ' ').includes(text));
    });
    await this.press(...(tick ? ['ArrowDown', 'Space'] : []), 'Enter');
  }

  /** What has the keyboard in a page: its name for a screen reader, and whether the focus can be seen. */
  async focused(frame) {
    return frame.evaluate(() => {
      const at = document.activeElement;
      if (!document.hasFocus() || at === null || at === document.body) {
        return { name: '', isVisible: false, tag: at?.tagName ?? '' };
      }
      const { outlineStyle, outlineWidth } = getComputedStyle(at);
      const { top, bottom } = at.getBoundingClientRect();
      return {
        name: (at.getAttribute('aria-label') ?? at.textContent ?? '').trim(),
        isVisible: outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 && bottom > 0 && top < innerHeight,
        tag: at.tagName,
      };
    });
  }

  /** Goes on with Tab until something has the keyboard. @returns the names of what came by, the last one included. */
  async tabTo(frame, pattern, limit = 30) {
    const seen = [];
    for (let presses = 0; presses < limit; presses++) {
      const { name, isVisible, tag } = await this.focused(frame);
      if (name !== '') {
        seen.push({ name, isVisible, tag });
      }
      if (pattern.test(name)) {
        return seen;
      }
      await this.press('Tab');
    }
    throw new Error(`Tab does not lead to ${pattern}: ${JSON.stringify(seen)}`);
  }
}
