import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The budget file: bytes a package may have, and the share above it that is let pass. */
const file = join(dirname(fileURLToPath(import.meta.url)), 'sizes.json');

/** What is wrong with the size of a package; undefined when it keeps its budget or has none. */
export async function sizeProblem(target, bytes) {
  const { tolerance, budgets } = JSON.parse(await readFile(file, 'utf8'));
  const budget = budgets[target];
  if (budget === undefined || bytes <= budget * (1 + tolerance)) {
    return undefined;
  }
  const [has, may] = [bytes, budget].map((count) => `${(count / 1e6).toFixed(2)} MB`);
  return `The package for ${target} has ${has}; its budget is ${may} (extension/scripts/sizes.json), ${tolerance * 100} % above it is the most.`;
}
