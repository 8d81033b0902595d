// The product's texts in a language, for what is found by its text.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../tools/paths.mjs';

const read = async (...path) => JSON.parse(await readFile(join(root, ...path), 'utf8').catch(() => '{}'));

/**
 * @param locale `en`, or one that the product is translated to
 * @returns `manifest(key)`: a text of package.nls; `text(english)`: one of the l10n bundle. English where there is no other.
 */
export async function wordsOf(locale) {
  const suffix = locale === 'en' ? '' : `.${locale}`;
  const manifest = { ...(await read('package.nls.json')), ...(await read(`package.nls${suffix}.json`)) };
  const bundle = await read('l10n', `bundle.l10n${suffix}.json`);
  return {
    manifest: (key) => manifest[key],
    text: (english) => {
      const found = bundle[english] ?? english;
      return typeof found === 'string' ? found : found.message;
    },
    /** The name of the first button in a welcome text. */
    button: (key) => /\[([^[\]]+)\]\(command:/.exec(manifest[key])[1],
  };
}
