// Holds the names of kinds to l10n/GLOSSARY.md, so that one thing has one word in all three places.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { languages } from './catalogs.mjs';

/** The table whose words are held. */
const held = '## Kinds';

/** @returns of each kind its English name and, by language, the words it may have: { kind, words: { de: ['...'] } } */
export function kindsOf(markdown) {
  const section = markdown.split(/^(?=## )/m).find((each) => each.startsWith(held)) ?? '';
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return rows.slice(2).map(([, kind, ...cells]) => ({
    kind,
    words: Object.fromEntries(languages.map((language, at) => [language, (cells[at] ?? '').split(' / ')])),
  }));
}

/** The kinds of the repository's glossary. */
export async function glossaryOf(root) {
  return kindsOf(await readFile(join(root, 'l10n', 'GLOSSARY.md'), 'utf8'));
}

/**
 * Which names of kinds have another word than the glossary: "Delete Run...", "1 data asset", "{0} schedules" and the like.
 * Endings differ by case and number, so a word counts as there when all but its end is.
 */
export function termFaultsOf(kinds, source, translation, language) {
  const faults = [];
  // The longest first: a container registry is not a registry behind a verb.
  const longestFirst = kinds.toSorted((one, other) => other.kind.length - one.kind.length);
  for (const [key, english] of Object.entries(source)) {
    const named = longestFirst.find(({ kind }) => names(english, kind));
    const text = translation[key]?.toLowerCase();
    if (named && text !== undefined && !named.words[language].some((word) => has(text, word))) {
      faults.push(`${language}: "${english}" lacks "${named.words[language].join('" or "')}": ${translation[key]}`);
    }
  }
  return faults;
}

/** Whether a text is the name of a kind and nothing else, perhaps behind a count or a verb. */
function names(english, kind) {
  const plural = kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`;
  const forms = `(?:${escaped(kind)}|${escaped(plural)})`;
  return new RegExp(`^(?:1 |\\{0\\} )?${forms}$|^[A-Z][a-z]+ ${forms}(?:\\.\\.\\.)?$`, 'i').test(english);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Whether a text has the words of a term, their ends aside; small words between them (de, d', en) may go. */
function has(text, term) {
  return term
    .toLowerCase()
    .split(/[\s']+/)
    .filter((word) => word.length > 3 || term.length < 5)
    .every((word) => text.includes(word.slice(0, Math.max(3, word.length - 2))));
}
