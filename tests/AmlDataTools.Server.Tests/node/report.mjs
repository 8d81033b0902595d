// A page as a browser and a screen reader take it: parsed, looked at with axe, nothing run and nothing fetched.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { JSDOM } = require('jsdom');
const axe = require('axe-core');

const { window } = new JSDOM(await readFile(process.argv[2], 'utf8'), { runScripts: 'outside-only' });
window.eval(axe.source);
const { document } = window;
const { violations, passes } = await window.axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
const addresses = [...document.querySelectorAll('[src], [href], [action], [data]')].map((element) =>
  ['src', 'href', 'action', 'data'].map((name) => element.getAttribute(name)).find((value) => value !== null),
);
const handlers = [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes]).filter(({ name }) => name.startsWith('on'));
process.stdout.write(
  JSON.stringify({
    lang: document.documentElement.lang,
    title: document.title,
    elements: [...new Set([...document.querySelectorAll('*')].map(({ localName }) => localName))].sort(),
    violations: violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
    passes: passes.length,
    addresses,
    handlers: handlers.length,
    text: document.body.textContent,
  }),
);
