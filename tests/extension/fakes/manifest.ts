// The manifest as the tests read it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface MenuEntry {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

interface Manifest {
  readonly contributes: {
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly name: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly when?: string; readonly contents: string }[];
    readonly walkthroughs: readonly {
      readonly id: string;
      readonly steps: readonly {
        readonly id: string;
        readonly media: { readonly svg: string; readonly altText: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
    readonly commands: readonly { readonly command: string; readonly title: string; readonly icon?: string }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
  };
}

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as Manifest;
export const texts = JSON.parse(readFileSync(`${root}/package.nls.json`, 'utf8')) as Readonly<Record<string, string>>;
