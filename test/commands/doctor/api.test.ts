import { describe, expect, test } from 'vitest';
import { apiChecks, clockFinding, stageOf } from '../../../src/commands/doctor/api.ts';
import { type Check, ok, runChecks } from '../../../src/commands/doctor/check.ts';
import type { Parts } from '../../../src/app/checkup.ts';
import {
  BusyError,
  ConfigError,
  CredentialsError,
  type EtlError,
  FatalError,
  UnavailableError,
} from '../../../src/errors.ts';
import { NO_PROXIES } from '../../../src/http/proxy.ts';
import type { Dataset } from '../../../src/dataset/dataset.ts';
import type { Page } from '../../../src/model/page.ts';
import { property } from '../../../src/sources/trestle/datasets/property.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

const away = (message: string, op = 'GET'): EtlError => new UnavailableError(message, { op });

describe('how far a request came', () => {
  test.each<[string, EtlError]>([
    ['address', away('api.x: ENOTFOUND getaddrinfo ENOTFOUND api.x (given up after 1 try)', 'POST')],
    ['address', away('api.x: EAI_AGAIN getaddrinfo EAI_AGAIN api.x (given up after 1 try)')],
    ['connection', away('api.x: ECONNREFUSED connect ECONNREFUSED 1.2.3.4:443 (given up after 1 try)')],
    ['connection', away('api.x: DEPTH_ZERO_SELF_SIGNED_CERT self-signed certificate (given up after 1 try)')],
    ['connection', away('api.x: CERT_HAS_EXPIRED certificate has expired (given up after 1 try)')],
    [
      'connection',
      away('api.x: ERR_TLS_CERT_ALTNAME_INVALID Hostname does not match (given up after 1 try)'),
    ],
    ['connection', away('api.x: no whole answer within 30 s (given up after 1 try)')],
    ['sign-in', away('the sign-in answered 503 (given up after 1 try)', 'sign-in')],
    ['sign-in', new CredentialsError('the API refused the credentials (400 from x)', { op: 'sign-in' })],
    ['sign-in', new ConfigError('https://x answered 404: it is not a token endpoint', { op: 'sign-in' })],
    ['answer', new ConfigError('/Property answered 400: The field X is not in metadata', { op: 'GET' })],
    ['answer', away('/Property answered 503: ERROR in service (given up after 1 try)')],
    ['answer', new FatalError('Property: the server did not send a page in order', { op: 'page' })],
    ['quota', new BusyError("the hour's quota is spent for 3 min 0 s", { op: 'quota' })],
  ])('is the %s for %s', (stage, error) => {
    expect(stageOf({ error })).toBe(stage);
  });

  test('is the answer where there is one', () => {
    expect(stageOf({ records: 1 })).toBe('answer');
  });
});

describe('the clock', () => {
  test.each([
    [0, 'ok'],
    [-29_000, 'ok'],
    [31_000, 'warn'],
    [-299_000, 'warn'],
    [300_000, 'fail'],
    [-86_400_000, 'fail'],
  ])('that is %d ms ahead is %s', (ahead, result) => {
    expect(clockFinding(ahead).result).toBe(result);
  });

  test('is told to be ahead or behind', () => {
    expect(clockFinding(600_000).what).toContain('10 min 0 s ahead of');
    expect(clockFinding(-600_000).what).toContain('10 min 0 s behind');
  });
});

const named = (...names: string[]): Dataset[] => names.map((name) => ({ ...property, name }));

describe('promise 14: the resources', () => {
  const page: Page = { records: ['{}'], damaged: new Set(), cursor: undefined };

  /** A feed that only counts who asks. */
  function partsOf(asked: string[], records: readonly string[] = ['{}']): Parts {
    const read = async function* (resource: Dataset): AsyncGenerator<Page> {
      asked.push(resource.name);
      yield { ...page, records };
      throw new Error('asked for a second page');
    };
    const source = { read, now: () => 0, quota: () => undefined };
    return {
      source,
      config: {
        api: { baseUrl: 'https://api.x', tokenUrl: 'https://api.x/token' },
        alerts: { quotaPercent: 15 },
        proxies: NO_PROXIES,
      },
    } as unknown as Parts;
  }

  const configuration: Check = { name: 'configuration', needs: [], run: () => ok('') };

  test('are asked once each, however many there are', async () => {
    const asked: string[] = [];
    const parts = partsOf(asked);
    const checks = apiChecks(() => parts, named('A', 'B', 'C', 'D', 'E'), fakeClock(0));
    const done = await runChecks([configuration, ...checks]);
    expect(asked).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(done.find(({ name }) => name === 'API E')).toMatchObject({ result: 'ok' });
    expect(done.filter(({ result }) => result === 'fail')).toEqual([]);
  });

  test('are not asked any more once one answered that the quota is spent', async () => {
    const asked: string[] = [];
    const parts = partsOf(asked);
    const { source } = parts;
    const read: typeof source.read = (resource, from, signal) => {
      if (resource.name !== 'B') return source.read(resource, from, signal);
      asked.push('B');
      throw new BusyError('/B answered 429 (given up after 1 try)', { op: 'GET' });
    };
    const checks = apiChecks(
      () => ({ ...parts, source: { ...source, read } }),
      named('A', 'B', 'C'),
      fakeClock(0),
    );
    const done = await runChecks([configuration, ...checks]);
    expect(asked).toEqual(['A', 'B']);
    expect(done.map(({ name, result }) => `${name} ${result}`)).toEqual(
      expect.arrayContaining(['API A ok', 'API B fail', 'API C skipped']),
    );
  });

  test('that have no record are to be looked at', async () => {
    const parts = partsOf([], []);
    const done = await runChecks([configuration, ...apiChecks(() => parts, named('A'), fakeClock(0))]);
    expect(done.find(({ name }) => name === 'API A')).toMatchObject({ result: 'warn' });
  });
});
