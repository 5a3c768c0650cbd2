import { expect, test } from 'vitest';
import { formatSize } from '../../src/lib/size.ts';

test.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1 KB'],
  [1536, '1.5 KB'],
  [20 * 1024 ** 2, '20 MB'],
  [1024 ** 3, '1 GB'],
  [5000 * 1024 ** 4, '5000 TB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
