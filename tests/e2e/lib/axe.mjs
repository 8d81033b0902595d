// What axe-core finds in a page, with the colours that are really drawn.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../tools/paths.mjs';

/** Rules for whole sites, which a page inside an editor is not: VS Code's own frame around it is not looked at. */
const rules = { 'landmark-one-main': { enabled: true }, region: { enabled: true } };

/**
 * Looks at one frame.
 * @param frame a frame, or a page, of the browser
 * @returns what is wrong, each with the elements, and how many rules were satisfied.
 */
export async function inspect(frame) {
  await frame.evaluate(await readFile(join(root, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8'));
  return frame.evaluate(async (rules) => {
    const { violations, incomplete, passes } = await globalThis.axe.run(document, { iframes: false, rules });
    const told = ({ id, impact, nodes }) => ({
      id,
      impact,
      nodes: nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)}: ${failureSummary}`),
    });
    return {
      violations: violations.map(told),
      // What axe could not decide about colours is not passed over.
      undecided: incomplete.filter(({ id }) => id === 'color-contrast').map(told),
      passes: passes.map(({ id }) => id),
    };
  }, rules);
}

/** Looks at a document of ours outside VS Code, as a browser shows it to people who like it bright or dark. @returns what is wrong. */
export async function inspectFile(browser, path) {
  const found = [];
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ colorScheme });
    await page.goto(pathToFileURL(path).href);
    const { violations, undecided } = await inspect(page);
    found.push(...violations, ...undecided);
    await page.close();
  }
  return found;
}
