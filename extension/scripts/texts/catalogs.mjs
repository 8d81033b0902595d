// The three places where texts are, each with its source and its translations:
//   manifest   package.nls.json, by key
//   extension  l10n/bundle.l10n.json, by the English text (vscode.l10n)
//   server     server/AmlDataTools.Server/Texts/catalog.json, by the English text
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** As VS Code names them: the manifest's and the bundle's files end in these. */
export const languages = ['de', 'es', 'fr', 'pt-br', 'ru'];
/** The language of nobody, in which every text is longer, accented and in brackets. */
export const pseudo = 'qps-ploc';

const serverFolder = join('server', 'AmlDataTools.Server', 'Texts');
export const serverCatalog = join(serverFolder, 'catalog.json');

export const places = {
  manifest: {
    source: 'package.nls.json',
    translation: (language) => `package.nls.${language}.json`,
  },
  extension: {
    source: join('l10n', 'bundle.l10n.json'),
    translation: (language) => join('l10n', `bundle.l10n.${language}.json`),
  },
  server: {
    source: serverCatalog,
    translation: (language) => join(serverFolder, `${language}.json`),
  },
};

/** The English texts of a place, by key. */
export async function sourceOf(root, place) {
  const content = JSON.parse(await readFile(join(root, places[place].source), 'utf8'));
  return place === 'server' ? Object.fromEntries(content.map(({ text }) => [text, text])) : content;
}

/** The texts of a place in a language; none when there is no file. */
export async function translationOf(root, place, language) {
  try {
    return JSON.parse(await readFile(join(root, places[place].translation(language)), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') {
      return {};
    }
    throw error;
  }
}

/** Writes the texts of a place in a language, in the order of the source, without those the source no longer has. */
export async function writeTranslation(root, place, language, texts) {
  const source = await sourceOf(root, place);
  const ordered = Object.fromEntries(
    Object.keys(source)
      .filter((key) => key in texts)
      .map((key) => [key, texts[key]]),
  );
  await writeFile(join(root, places[place].translation(language)), `${JSON.stringify(ordered, null, 2)}\n`);
}

/**
 * What is wrong with a translation.
 * @returns one line for each text that is missing, stale, empty or lacks what the source has in it.
 */
export function faultsOf(source, translation, where) {
  const faults = [];
  for (const [key, english] of Object.entries(source)) {
    const text = translation[key];
    if (text === undefined) {
      faults.push(`${where}: missing: ${key}`);
    } else if (text.trim() === '') {
      faults.push(`${where}: empty: ${key}`);
    } else if (formsOf(english, text).some((form) => fixedParts(english) !== fixedParts(form))) {
      faults.push(`${where}: differs in ${fixedParts(english) || 'nothing fixed'}: ${key}`);
    } else if (/^\s/.test(english) !== /^\s/.test(text) || /\s$/.test(english) !== /\s$/.test(text)) {
      faults.push(`${where}: differs in the space around it: ${key}`);
    }
  }
  for (const key of Object.keys(translation)) {
    if (!(key in source)) {
      faults.push(`${where}: stale: ${key}`);
    }
  }
  return faults;
}

/** The forms of a plural: a text that counts something may have as many as its language needs, with bars between. */
function formsOf(english, text) {
  return /\{0\}/.test(english) && !english.includes('|') && !text.includes('||') ? text.split('|') : [text];
}

/** What no language may change: holes, links to commands, settings, `code`, addresses. */
function fixedParts(text) {
  return (text.match(/\{\d+\}|\(command:[\w.]+\)|`[^`]+`|https:\/\/[\w./-]*\w/g) ?? []).sort().join(' ');
}
