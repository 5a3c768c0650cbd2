import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from './test/helpers/patience.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/global-setup.ts'],
    setupFiles: ['test/helpers/set-up.ts'],
    // Starting a process and loading the modules takes most files longer than their tests.
    isolate: false,
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    maxWorkers: Math.max(2, availableParallelism()),
    // The built tool is loaded by Node.js itself, as it is when it is installed.
    server: { deps: { external: [/\/dist\//] } },
  },
});
