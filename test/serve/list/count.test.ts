import { expect, test } from 'vitest';
import type { Session } from '../../../src/db/pool.ts';
import { UnavailableError } from '../../../src/errors.ts';
import { createCache } from '../../../src/lib/cache.ts';
import { type Count, countRows, MAX_COUNT } from '../../../src/serve/list/count.ts';

function sessionThat(select: () => Promise<unknown[]>): Session {
  return { select } as unknown as Session;
}

const counts = () => createCache<Count | undefined>(() => 0, 1000, 10);

function failWith(errno: number): Session {
  const error = new UnavailableError('no answer', {
    op: 'select',
    cause: Object.assign(new Error(), { errno }),
  });
  return sessionThat(() => Promise.reject(error));
}

test('a count that takes too long is left out, on both servers', async () => {
  for (const errno of [1969, 3024])
    expect(
      await countRows({ database: failWith(errno), counts: counts() }, 'properties', []),
    ).toBeUndefined();
});

test('any other failure is a failure', async () => {
  await expect(countRows({ database: failWith(2013), counts: counts() }, 'properties', [])).rejects.toThrow(
    UnavailableError,
  );
});

test('more rows than the most are not counted', async () => {
  const database = sessionThat(() => Promise.resolve([{ total: MAX_COUNT + 1 }]));
  expect(await countRows({ database, counts: counts() }, 'properties', [])).toEqual({
    total: MAX_COUNT,
    isCapped: true,
  });
});
