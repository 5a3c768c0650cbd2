import { vi } from 'vitest';

/** The tests of child records again, with records that are requested with their listings. */
vi.stubEnv('TEST_CHILD_STRATEGY', 'expand');

await import('./media.test.ts');
await import('./media-sync.test.ts');
await import('./custom-property.test.ts');
await import('./going-back.test.ts');
await import('./restamp.test.ts');
await import('./active-first.test.ts');
