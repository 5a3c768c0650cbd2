import { expect, test } from 'vitest';
import { createRecall } from '../../src/lib/recall.ts';

test('a fact is found once in its time, and again after it, also if the clock was set back', async () => {
  let [time, count] = [1000, 0];
  const recall = createRecall(() => time, 60_000);
  const find = (): Promise<number> => recall('tables', () => Promise.resolve((count += 1)));
  expect([await find(), await find()]).toEqual([1, 1]);
  expect(await recall('another', () => Promise.resolve('own'))).toBe('own');
  time += 60_000;
  expect(await find()).toBe(2);
  time -= 3_600_000;
  expect(await find()).toBe(3);
});

test('an error, false and undefined are not kept', async () => {
  const recall = createRecall(() => 0, 60_000);
  await expect(recall('a', () => Promise.reject(new Error('altered')))).rejects.toThrow('altered');
  expect(await recall<boolean | undefined>('a', () => Promise.resolve(false))).toBe(false);
  expect(await recall<boolean | undefined>('a', () => Promise.resolve(undefined))).toBe(undefined);
  expect(await recall('a', () => Promise.resolve(true))).toBe(true);
});
