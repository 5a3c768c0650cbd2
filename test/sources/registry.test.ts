import { expect, test } from 'vitest';
import { parentLink } from '../../src/dataset/reading.ts';
import { commonVariables } from '../../src/config/variables.ts';
import { registry } from '../../src/sources/registry.ts';

test('each source has a unique id, which fits the tables', () => {
  const ids = registry.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]{0,63}$/);
  expect(ids[0]).toBe('trestle');
});

test('a dataset’s name and tables are unique across sources, as a name identifies its watermark and its quarantined records', () => {
  const datasets = registry.flatMap(({ catalogue }) => catalogue);
  for (const names of [
    datasets.map(({ name }) => name),
    datasets.flatMap((each) => [each.table, each.rawTable]),
  ]) {
    expect(new Set(names).size).toBe(names.length);
  }
});

test('parents come before their children', () => {
  for (const { catalogue } of registry) {
    const names = catalogue.map(({ name }) => name);
    for (const [place, dataset] of catalogue.entries()) {
      const parent = parentLink(dataset)?.parent;
      if (parent !== undefined) expect(names.slice(0, place)).toContain(parent);
    }
  }
});

test('a variable configures one source, or everything but the sources', () => {
  const own = registry.flatMap(({ settings }) => Object.keys(settings?.variables ?? {}));
  const names = [...own, ...Object.keys(commonVariables)];
  expect(new Set(names).size).toBe(names.length);
  for (const { settings } of registry)
    for (const name of settings?.secrets ?? []) expect(Object.keys(settings!.variables)).toContain(name);
});
