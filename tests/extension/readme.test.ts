import { describe, expect, it } from 'vitest';
// @ts-expect-error -- a script without types.
import { withoutRelativePaths } from '../../extension/scripts/readme.mjs';

const change = withoutRelativePaths as (text: string, address?: string) => string;
const text =
  'Above.\n\n![The tree](resources/screenshots/tree.png)\n\nSee ![it](a.png) here, ![there](https://x.example/b.png).\n';

describe('the README of a package', () => {
  it('is without pictures that nobody could see', () => {
    expect(change(text)).toBe('Above.\n\nSee it here, ![there](https://x.example/b.png).\n');
  });

  it('keeps the text of links to files, and other links', () => {
    const links = 'See [the server](server/README.md), [below](#below), [there](https://x.example).';
    expect(change(links)).toBe('See the server, [below](#below), [there](https://x.example).');
    expect(change(links, 'https://docs.example')).toContain('[the server](https://docs.example/server/README.md)');
  });

  it('shows them from where they are published', () => {
    const shown = change(text, 'https://docs.example/v1/');
    expect(shown).toContain('![The tree](https://docs.example/v1/resources/screenshots/tree.png)');
    expect(shown).toContain('![it](https://docs.example/v1/a.png) here, ![there](https://x.example/b.png)');
    expect(() => change(text, 'http://docs.example')).toThrow(/https/);
  });
});
