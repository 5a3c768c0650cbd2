import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // The built tool is loaded by Node.js itself, as it is when it is installed.
    server: { deps: { external: [/\/dist\//] } },
  },
});
