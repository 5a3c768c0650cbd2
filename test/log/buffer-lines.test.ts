import { expect, test, vi } from 'vitest';
import { bufferLines } from '../../src/log/buffer-lines.ts';

function keeper() {
  const writes: string[] = [];
  let isEnded = false;
  const file = bufferLines({ write: (text) => void writes.push(text), end: () => void (isEnded = true) });
  return { file, writes, isEnded: () => isEnded };
}

test('lines that follow each other are written together, in their order', async () => {
  const { file, writes } = keeper();
  file.write('one\n');
  file.write('two\n');
  expect(writes).toEqual([]);
  await vi.waitFor(() => expect(writes).toEqual(['one\ntwo\n']));
  file.write('three\n');
  await vi.waitFor(() => expect(writes).toEqual(['one\ntwo\n', 'three\n']));
});

test('the end writes what is left, and many lines do not wait', () => {
  const { file, writes, isEnded } = keeper();
  file.write('x'.repeat(64 * 1024));
  expect(writes).toHaveLength(1);
  file.write('last\n');
  file.end();
  expect(writes.at(-1)).toBe('last\n');
  expect(isEnded()).toBe(true);
});
