import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { markHandled } from '../../src/lib/mark-handled.ts';

test('a promise that is awaited later may reject before that, and still throws when it is awaited', async () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', listen);
  const later = markHandled(Promise.reject(new Error('too soon')));
  await wait(10);
  process.off('unhandledRejection', listen);
  expect(unhandled).toEqual([]);
  await expect(later).rejects.toThrow('too soon');
});
