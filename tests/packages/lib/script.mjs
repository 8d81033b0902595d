// What the script that makes packages says when it cannot.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { released, targetOf, targets } from '../../../extension/scripts/platforms.mjs';
import { sizeProblem } from '../../../extension/scripts/sizes.mjs';
import { root } from '../../tools/paths.mjs';
import { capture } from '../../tools/processes.mjs';

const script = (...args) => [join(root, 'extension', 'scripts', 'package.mjs'), ...args];

export const ofTheScript = [
  [
    'a package 5 % above its budget passes, one byte more does not',
    async () => {
      const { budgets } = JSON.parse(await readFile(join(root, 'extension', 'scripts', 'sizes.json'), 'utf8'));
      assert.deepEqual(Object.keys(budgets), released);
      assert.ok(budgets['linux-x64'] <= 22e6 && budgets['win32-x64'] <= 22e6 && budgets.universal <= 4e6);
      for (const [target, budget] of Object.entries(budgets)) {
        assert.equal(await sizeProblem(target, budget * 1.05), undefined);
        assert.match(await sizeProblem(target, budget * 1.05 + 1), new RegExp(`for ${target} has .* budget`));
      }
    },
  ],
  [
    'every platform of VS Code is taken, and every runtime identifier that belongs to one',
    async () => {
      for (const [target, rid] of Object.entries(targets)) {
        assert.deepEqual([targetOf(target), targetOf(rid)], [target, target]);
      }
      assert.ok(released.includes(targetOf('own')));
    },
  ],
  [
    'an unknown platform is refused with those there are',
    async () => {
      const { code, stderr } = await capture(process.execPath, script('--target', 'amiga-m68k'), { check: false });
      assert.equal(code, 1);
      assert.match(stderr, /There is no target amiga-m68k\..*darwin-arm64.*osx-arm64.*universal/s);
      assert.doesNotMatch(stderr, /\n\s+at /);
    },
  ],
  [
    'a platform whose runtime cannot be restored is refused with what to do',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'aml-no-runtime-'));
      try {
        const { code, stderr, stdout } = await capture(process.execPath, script('--target', 'osx-arm64', '--out', folder), {
          check: false,
          // A package source that holds nothing, and no packages from before.
          env: { ...process.env, RestoreSources: folder, RestorePackagesPath: join(folder, 'packages') },
        });
        assert.equal(code, 1, stdout);
        assert.match(stderr, /The \.NET runtime for osx-arm64 could not be restored: .*Microsoft\.NETCore\.App\.Runtime\.osx-arm64.*--target universal/s);
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  ],
];
