import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { readSourcesFile } from '../../../src/config/sources-file.ts';
import { UsageError } from '../../../src/errors.ts';
import { HOUR_MS } from '../../../src/lib/time.ts';
import type { SourceDefinition } from '../../../src/sources/definition.ts';
import { kinds } from '../../../src/sources/registry.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { scriptedServer } from '../../helpers/scripted-server.ts';
import { keysOf, notes, readAll, requesterTools } from './api/api-server.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-open-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

function define(entry: object, variables: Readonly<Record<string, string>> = {}): SourceDefinition {
  writeFileSync(join(folder, 'sources.yaml'), JSON.stringify({ sources: { notes: entry } }));
  const lookUp = (name: string): string | undefined => variables[name];
  const { definitions, problems } = readSourcesFile({ path: undefined, folder, kinds, taken: [], lookUp });
  expect(problems).toEqual([]);
  return definitions[0]!;
}

const item = { external_id: 'id', title: 'title' };

test('an entry of sources.yaml becomes a source that reads items, and counts its requests', async () => {
  const server = await scriptedServer({ data: { body: notes(1, 3) } });
  onTestFinished(() => server.close());
  const entry = { type: 'api', url: `${server.origin}/list`, auth: { bearer: '${TOKEN}' }, item };
  const definition = define(entry, { TOKEN: 'geheim' });
  const source = definition.open({}, { ...requesterTools(fakeClock()), stateDir: folder });
  expect([definition.every, source.requests(), source.id]).toEqual([HOUR_MS, 0, 'notes']);
  const reader = await source.items!.load();
  expect(keysOf(await readAll({ reader }))).toEqual(['1', '2', '3']);
  expect(server.asked[0]!.headers.authorization).toBe('Bearer geheim');
  expect([source.requests(), (await source.items!.load()) === reader]).toEqual([1, true]);
  expect(source.release).toBeUndefined();
});

test('the path of a file starts in the folder of sources.yaml, and every can be set', async () => {
  writeFileSync(join(folder, 'notes.json'), JSON.stringify(notes(1, 2)));
  const definition = define({ type: 'api', path: 'notes.json', every: '6h', item });
  const source = definition.open({}, { ...requesterTools(fakeClock()), stateDir: folder });
  expect(keysOf(await readAll({ reader: await source.items!.load() }))).toEqual(['1', '2']);
  expect([definition.every, source.requests()]).toEqual([6 * HOUR_MS, 0]);
});

test('it has no datasets to read', () => {
  const source = define({ type: 'api', path: 'x.json', item }).open(
    {},
    { ...requesterTools(fakeClock()), stateDir: folder },
  );
  expect(() => source.read({} as never, { cursor: undefined }, new AbortController().signal)).toThrow(
    UsageError,
  );
});
