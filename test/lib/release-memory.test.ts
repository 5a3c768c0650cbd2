import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { releaseMemory } from '../../src/lib/release-memory.ts';

const MB = 1024 * 1024;

test('a large buffer and its views are empty afterwards; a small one shares its memory, and is left alone', () => {
  const large = Buffer.alloc(2 * MB, 'a');
  const view = large.subarray(100, 200);
  releaseMemory(large);
  expect([large.length, view.length]).toEqual([0, 0]);
  const small = Buffer.from('abc');
  releaseMemory(small);
  expect(small.toString()).toBe('abc');
  // Twice is harmless.
  releaseMemory(large);
});

test('memory that is released does not wait for a major collection', async () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let nth = 0; nth < 100; nth += 1) {
    const buffer = Buffer.alloc(20 * MB);
    // Young objects die in minor collections anyway.
    for (let round = 0; round < 3; round += 1) Array.from({ length: 100_000 }, () => ({ round }));
    releaseMemory(buffer);
  }
  await setImmediate();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * MB);
});
