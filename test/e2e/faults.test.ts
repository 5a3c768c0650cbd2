import { expect, test } from 'vitest';
import { CredentialsError, FatalError, UnavailableError } from '../../src/errors.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Fault } from '../../src/sandbox/trestle/index.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline } from '../helpers/pipeline.ts';

const passing: [name: string, fault: Fault][] = [
  ['a broken connection', { kind: 'reset', count: 2 }],
  ['a body cut off on the wire', { kind: 'truncate', count: 2 }],
  ['a whole answer with half the JSON', { kind: 'truncate-json', count: 2 }],
  ['an HTML page with status 200', { kind: 'html', count: 2 }],
  ['an empty body with status 200', { kind: 'empty', count: 2 }],
  ['JSON without a list', { kind: 'no-value', count: 2 }],
  ['a burst of 503', { kind: 'status', status: 503, count: 3 }],
  ['a 500 that asks for a pause', { kind: 'status', status: 500, retryAfter: '0', count: 1 }],
  ['a 504', { kind: 'status', status: 504, count: 1 }],
  ['a token revoked in the middle', { kind: 'revoke', count: 1 }],
  ['no quota headers at all', { kind: 'no-quota-headers', count: Infinity }],
];

test.each(passing)('promise 13: %s in the middle of a load is survived', async (_, fault) => {
  const { sandbox, db, run } = await pipeline({ listings: 400 });
  sandbox.faults.add({ ...fault, skip: 2, resource: 'Property' });
  const outcome = await run({ resources: [property] }, { odata: { pageSize: 100 } });
  expect(outcome.status).toBe('success');
  expect(await expectParity(sandbox, db, property)).toBe(400);
});

test('promise 13: an API that hangs is given up after its retries, and what was committed stays', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 400 });
  sandbox.faults.add({ kind: 'hang', skip: 2, count: Infinity, resource: 'Property' });
  const settings = { odata: { pageSize: 100, timeout: 2000, maxRetries: 1 } };
  await expect(run({ resources: [property] }, settings)).rejects.toThrow(UnavailableError);
  expect(await db.query('SELECT COUNT(*) AS n FROM properties')).toEqual([{ n: '200' }]);
  sandbox.faults.clear();
  await run({ resources: [property] }, settings);
  expect(await expectParity(sandbox, db, property)).toBe(400);
});

test('promise 12: tokens that are refused one after the other are final', async () => {
  const { sandbox, run } = await pipeline({ listings: 10 });
  sandbox.faults.add({ kind: 'status', status: 401, count: Infinity, resource: 'Property' });
  await expect(run({ resources: [property] })).rejects.toThrow(CredentialsError);
  expect(sandbox.requests.filter((request) => request.kind === 'data')).toHaveLength(2);
});

test('promise 4: a replication link to another origin is refused, and gets no token', async () => {
  const { sandbox, run } = await pipeline({ listings: 300 });
  const other = await pipeline({ listings: 1 });
  sandbox.faults.add({
    kind: 'link-abroad',
    origin: new URL(other.sandbox.url).origin,
    resource: 'Property',
  });
  await expect(
    run({ mode: 'full-load', resources: [property], strategy: 'replication' }, { odata: { pageSize: 100 } }),
  ).rejects.toThrow(FatalError);
  expect(other.sandbox.requests).toEqual([]);
});
