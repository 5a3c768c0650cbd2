import { expect, test } from 'vitest';
import { readCapacity } from '../../src/host/capacity.ts';

test('the disks of folders and the memory of this machine', () => {
  const { disks, memory } = readCapacity(['/', '/no/such/folder']);
  expect(disks).toEqual([{ path: '/', free: expect.any(Number) }]);
  expect(disks[0]!.free).toBeGreaterThan(0);
  expect(memory).toBeGreaterThan(10 * 1024 ** 2);
});
