// Texts for people in all languages.
//   node extension/scripts/texts.mjs extract          reads the sidecar's texts out of its sources into its catalogue
//   node extension/scripts/texts.mjs missing [LANG]   what is not translated, as JSON: { language: { place: { key: English } } }
//   node extension/scripts/texts.mjs merge FILE.json  takes translations in the same form, drops stale ones
//   node extension/scripts/texts.mjs pseudo           writes the language qps-ploc (not committed): longer, accented, in brackets
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './run.mjs';
import {
  languages,
  places,
  pseudo,
  serverCatalog,
  sourceOf,
  translationOf,
  writeTranslation,
} from './texts/catalogs.mjs';
import { pseudoOf } from './texts/pseudo.mjs';
import { serverTexts } from './texts/serverTexts.mjs';

/** The sidecar's catalogue as it is written: one text a line, so that differences read well. */
export async function catalogText(from) {
  const texts = await serverTexts(from);
  const lines = texts.map(({ text, holes, codes }) =>
    JSON.stringify({ text, ...(holes ? { holes } : {}), ...(codes.size > 0 ? { codes: [...codes].sort() } : {}) }),
  );
  return `[\n  ${lines.join(',\n  ')}\n]\n`;
}

/** Drops what the sources no longer have from every translation. */
export async function tidy(from) {
  for (const language of languages) {
    for (const place of Object.keys(places)) {
      await writeTranslation(from, place, language, await translationOf(from, place, language));
    }
  }
}

async function missing(only) {
  const found = {};
  for (const language of languages.filter((each) => !only || each === only)) {
    for (const place of Object.keys(places)) {
      const have = await translationOf(root, place, language);
      const lacking = Object.entries(await sourceOf(root, place)).filter(([key]) => !(key in have));
      if (lacking.length > 0) {
        (found[language] ??= {})[place] = Object.fromEntries(lacking);
      }
    }
  }
  return found;
}

async function merge(file) {
  const given = JSON.parse(await readFile(file, 'utf8'));
  for (const [language, byPlace] of Object.entries(given)) {
    for (const [place, texts] of Object.entries(byPlace)) {
      await writeTranslation(root, place, language, { ...(await translationOf(root, place, language)), ...texts });
    }
  }
}

async function writePseudo() {
  for (const place of Object.keys(places)) {
    const source = await sourceOf(root, place);
    const texts = Object.fromEntries(Object.entries(source).map(([key, text]) => [key, pseudoOf(text)]));
    await writeTranslation(root, place, pseudo, texts);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [command, argument] = process.argv.slice(2);
  switch (command) {
    case 'extract':
      await writeFile(join(root, serverCatalog), await catalogText(root));
      await tidy(root);
      break;
    case 'missing':
      console.log(JSON.stringify(await missing(argument), null, 2));
      break;
    case 'merge':
      await merge(argument);
      break;
    case 'pseudo':
      await writePseudo();
      break;
    default:
      throw new Error('extract, missing [LANG], merge FILE or pseudo?');
  }
}
