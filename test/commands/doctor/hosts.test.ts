import { expect, test } from 'vitest';
import { checkHosts, type ExaminedHost } from '../../../src/commands/doctor/hosts.ts';
import type { ServerFacts } from '../../../src/db/server-facts.ts';
import { UnavailableError } from '../../../src/errors.ts';

const cluster = { name: 'db', size: 3, status: 'Primary', state: 'Synced', isReady: true };
const primary: ServerFacts = { version: '9.7.0', forbiddenBy: [], cluster: undefined, replica: undefined };
const replica: ServerFacts = { ...primary, forbiddenBy: ['read_only'], replica: { lagSeconds: 2 } };
const node: ServerFacts = { ...primary, cluster };
const cutOff: ServerFacts = {
  ...node,
  cluster: { ...cluster, size: 1, status: 'non-Primary', state: 'Initialized', isReady: false },
};
const down = new UnavailableError('no connection', { op: 'connect' });

test.each<[string, ExaminedHost['facts'][], string, RegExp]>([
  [
    'a primary and its replica',
    [primary, replica],
    'ok',
    /db2: read only \(read_only\), 9\.7\.0, replica, 2 s behind/,
  ],
  [
    'three nodes',
    [node, node, node],
    'ok',
    /db3: takes writes, .*Galera cluster db of 3 nodes \(Primary, Synced\)/,
  ],
  ['a donor', [node, { ...node, cluster: { ...cluster, state: 'Donor/Desynced' } }], 'ok', /Donor\/Desynced/],
  ['a node that is down', [down, node, node], 'warn', /db1: no connection/],
  [
    'a node that was cut off',
    [node, cutOff],
    'warn',
    /db2: takes no statements, .*of 1 node \(non-Primary, Initialized\)/,
  ],
  [
    'a replica whose replication stopped',
    [primary, { ...replica, replica: { lagSeconds: undefined } }],
    'ok',
    /stopped/,
  ],
  [
    'a user who may not see replication',
    [primary, { ...replica, replica: 'hidden' }],
    'ok',
    /db2: read only \(read_only\), 9\.7\.0$/m,
  ],
  ['a replica that takes writes', [primary, { ...replica, forbiddenBy: [] }], 'warn', /db2: takes writes/],
  ['two clusters', [node, { ...node, cluster: { ...cluster, name: 'other' } }], 'warn', /cluster other/],
  ['two servers without a cluster', [primary, primary], 'ok', /db2: takes writes/],
  ['only replicas', [replica, replica], 'fail', /no server takes writes/],
  ['no server', [down, cutOff], 'fail', /no server takes writes/],
])('%s', (_, facts, result, what) => {
  const found = checkHosts(facts.map((each, nth) => ({ name: `db${nth + 1}`, facts: each })));
  expect(found).toMatchObject({ result, what: expect.stringMatching(what) as string });
  expect(found.advice !== undefined).toBe(result !== 'ok');
});
