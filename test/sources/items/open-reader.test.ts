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
import { type Checkpoint, isSameRead, type ItemReader } from '../../../src/sources/items.ts';
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

const load = (definition: SourceDefinition): Promise<ItemReader> =>
  definition.open({}, { ...requesterTools(fakeClock()), stateDir: folder }).items!.load();

test('promise 19, pitfall 17: a key in query is not stored with the address of the next page', async () => {
  const server = await scriptedServer({
    data: ({ query, target }) => ({
      body: query['from'] === '3' ? { data: [] } : { data: notes(1, 2), next: `${target}&from=3` },
    }),
  });
  onTestFinished(() => server.close());
  const entry = {
    type: 'api',
    url: `${server.origin}/list`,
    query: { k: '${KEY}' },
    page: { next: 'next' },
    item,
  };
  const reader = await load(define(entry, { KEY: 'geheim +1' }));
  const [first] = await readAll({ reader }, undefined, { maxBatches: 1 });
  const stored = JSON.stringify(first!.checkpoint);
  expect(stored).toContain('k=${KEY:2}&from=3');
  expect(stored).not.toContain('geheim');

  const rotated = await load(define(entry, { KEY: 'neu &2' }));
  await readAll({ reader: rotated }, JSON.parse(stored) as Checkpoint);
  expect(server.asked.at(-1)!.query).toEqual({ k: 'neu &2', from: '3' });
});

test('promise 19, pitfall 17: a key in the path of a source that moved is neither stored nor shown', async () => {
  const server = await scriptedServer({
    data: ({ target }) =>
      target.startsWith('/v2/')
        ? { body: notes(1, 2) }
        : { status: 301, headers: { location: `/v2${target}` } },
  });
  onTestFinished(() => server.close());
  const entry = { type: 'api', url: `${server.origin}/\${KEY}/list`, item };
  const [batch] = await readAll({ reader: await load(define(entry, { KEY: 'geheim' })) });
  expect(batch!.warnings).toEqual([`the address has moved to ${server.origin}/v2/\${KEY}/list: change url`]);
  expect(JSON.stringify(batch!.checkpoint)).not.toContain('geheim');
});

test.each([
  { type: 'api', url: 'http://a.test/${KEY}', query: { k: 'x${KEY}' }, item },
  { type: 'csv', url: 'http://a.test/${KEY}.csv', item },
  { type: 'rss', url: 'http://a.test/${KEY}' },
])(
  'a key of $type that gets another value is the same source, and the hash of older versions is known',
  async (entry) => {
    const [one, other] = [
      await load(define(entry, { KEY: 'old' })),
      await load(define(entry, { KEY: 'new' })),
    ];
    expect(other.readShape).toBe(one.readShape);
    const written = JSON.parse(JSON.stringify(entry).replaceAll('${KEY}', 'old')) as typeof entry;
    expect(one.formerReadShape).toBe((await load(define(written))).readShape);
    expect([isSameRead(one.formerReadShape, one), isSameRead(other.formerReadShape, one)]).toEqual([
      true,
      false,
    ]);
  },
);

test('the hash of an entry without variables is what earlier versions stored', async () => {
  const { readShape, formerReadShape } = await load(
    define(
      { type: 'api', url: 'http://a.test/x', query: { a: 1 }, auth: { bearer: '${KEY}' }, item },
      { KEY: 'k' },
    ),
  );
  expect(readShape).toBe('59846dbe06cd1a0ee9b28715d79e35320a128704f7562f40f69fbfe8f804668c');
  expect(formerReadShape).toBeUndefined();
});
