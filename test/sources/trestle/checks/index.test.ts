import { describe, expect, test } from 'vitest';
import { runChecks } from '../../../../src/commands/doctor/run-checks.ts';
import type { Dataset } from '../../../../src/dataset/dataset.ts';
import { BusyError } from '../../../../src/errors.ts';
import { NO_PROXIES } from '../../../../src/http/proxy.ts';
import type { Page } from '../../../../src/model/page.ts';
import { type Check, type CheckTools, fail, ok } from '../../../../src/sources/check.ts';
import { assumeFullCoverage } from '../../../../src/sources/coverage.ts';
import { trestleChecks } from '../../../../src/sources/trestle/checks/index.ts';
import { property } from '../../../../src/sources/trestle/datasets/property.ts';
import type { TrestleSettings } from '../../../../src/sources/trestle/settings.ts';
import { fakeClock } from '../../../helpers/fake-clock.ts';

const named = (...names: string[]): Dataset[] => names.map((name) => ({ ...property, name }));

describe('promise 14: the resources', () => {
  const page: Page = { records: ['{}'], damaged: new Set(), cursor: undefined };

  /** A feed that only counts who asks. */
  function toolsOf(asked: string[], records: readonly string[] = ['{}']): CheckTools<TrestleSettings> {
    const read = async function* (resource: Dataset): AsyncGenerator<Page> {
      asked.push(resource.name);
      yield { ...page, records };
      throw new Error('asked for a second page');
    };
    return {
      settings: { api: { baseUrl: 'https://api.x', tokenUrl: 'https://api.x/token' } },
      source: { id: 'trestle', read, now: () => 0, requests: () => 0 },
      cover: async (dataset) => assumeFullCoverage(dataset),
      proxies: NO_PROXIES,
      clock: fakeClock(0),
      quotaPercent: 15,
    } as Partial<CheckTools<unknown>> as CheckTools<TrestleSettings>;
  }

  const configuration: Check = { name: 'configuration', needs: [], run: () => ok('') };

  test('are asked once each, however many there are', async () => {
    const asked: string[] = [];
    const tools = toolsOf(asked);
    const checks = trestleChecks(named('A', 'B', 'C', 'D', 'E'), () => tools);
    const done = await runChecks([configuration, ...checks]);
    expect(asked).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(done.find(({ name }) => name === 'API E')).toMatchObject({ result: 'ok' });
    expect(done.filter(({ result }) => result === 'fail')).toEqual([]);
  });

  test('are not asked any more once one answered that the quota is spent', async () => {
    const asked: string[] = [];
    const tools = toolsOf(asked);
    const { source } = tools;
    const read: typeof source.read = (resource, from, signal) => {
      if (resource.name !== 'B') return source.read(resource, from, signal);
      asked.push('B');
      throw new BusyError('/B answered 429 (given up after 1 try)', { op: 'GET' });
    };
    const checks = trestleChecks(named('A', 'B', 'C'), () => ({ ...tools, source: { ...source, read } }));
    const done = await runChecks([configuration, ...checks]);
    expect(asked).toEqual(['A', 'B']);
    expect(done.map(({ name, result }) => `${name} ${result}`)).toEqual(
      expect.arrayContaining(['API A ok', 'API B fail', 'API C skipped']),
    );
  });

  test('that have no record are to be looked at', async () => {
    const tools = toolsOf([], []);
    const done = await runChecks([configuration, ...trestleChecks(named('A'), () => tools)]);
    expect(done.find(({ name }) => name === 'API A')).toMatchObject({ result: 'warn' });
  });

  test('are not asked, and their steps are skipped, if the configuration is wrong', async () => {
    const checks = trestleChecks([], () => {
      throw new Error('used without a configuration');
    });
    const bad: Check = { name: 'configuration', needs: [], run: () => fail('', '') };
    const [, ...done] = await runChecks([bad, ...checks]);
    expect(done.map(({ name, result, what }) => [name, result, what])).toEqual([
      ['API address', 'skipped', 'needs: configuration'],
      ['API connection', 'skipped', 'needs: API address'],
      ['API sign-in', 'skipped', 'needs: API connection'],
      ['API quota', 'skipped', 'needs: configuration'],
      ['clock', 'skipped', 'needs: API connection'],
    ]);
  });
});
