import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  root: here,
  resolve: { alias: { vscode: `${here}fakes/vscode.ts` } },
  test: {
    include: ['**/*.test.ts', '**/*.test.mjs'],
    setupFiles: [`${here}setup.ts`],
    testTimeout: 15_000,
    restoreMocks: true,
  },
});
