import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configured, trestleProcess } from '../helpers/cli.ts';
import { freshDatabase } from '../helpers/database.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';

/** The packages that each needs to load, theirs included: start-up is most of what a small run takes. */
const COMMANDER = ['commander'];
const ZOD = ['zod'];
const DOTENV = ['dotenv'];
const MYSQL = [
  'generate-function',
  'iconv-lite',
  'is-property',
  'long',
  'lru.min',
  'mysql2',
  'safer-buffer',
  'sql-escaper',
];
const PINO = [
  '@pinojs/redact',
  'atomic-sleep',
  'on-exit-leak-free',
  'pino',
  'pino-std-serializers',
  'quick-format-unescaped',
  'safe-stable-stringify',
  'sonic-boom',
  'thread-stream',
];
const LOCK = ['graceful-fs', 'proper-lockfile', 'retry', 'signal-exit'];
const AXIOS = ['axios', 'follow-redirects'];

type Coverage = { readonly result: readonly { readonly url: string }[] };

type Loaded = {
  readonly packages: readonly string[];
  /** Files of zod's messages. */
  readonly languages: readonly string[];
  /** Files of the tool itself. */
  readonly own: readonly string[];
};

/** Runs the built command. @returns what it loaded. */
async function loadedBy(folder: string, args: readonly string[]): Promise<Loaded> {
  const coverage = temporaryFolder();
  const { code, stderr } = await trestleProcess(folder, args, { NODE_V8_COVERAGE: coverage });
  expect([code, stderr]).toEqual([0, '']);
  const urls = readdirSync(coverage)
    .map((file) => JSON.parse(readFileSync(join(coverage, file), 'utf8')) as Coverage)
    .flatMap(({ result }) => result.map(({ url }) => url))
    .filter((url) => url.startsWith('file:'));
  const packages = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  const languages = urls.flatMap((url) => /\/zod\/v4\/locales\/(.+)$/.exec(url)?.[1] ?? []);
  const own = urls.flatMap(
    (url) => /\/dist\/(.+)$/.exec(url.includes('/node_modules/') ? '' : url)?.[1] ?? [],
  );
  return { packages: [...new Set(packages)].sort(), languages, own: own.toSorted() };
}

test('a run that finds nothing new, status and --help load no package that they do not use', async () => {
  const sandbox = await sandboxFor({ listings: 20 });
  const folder = configured(sandbox, await freshDatabase());
  expect((await trestleProcess(folder, ['full-load'])).code).toBe(0);
  const help = await loadedBy(folder, ['--help']);
  const status = await loadedBy(folder, ['status']);
  const idle = await loadedBy(folder, ['sync']);
  expect(help.packages).toEqual(COMMANDER);
  const shared = [...COMMANDER, ...ZOD, ...DOTENV, ...MYSQL, ...PINO];
  expect(status.packages).toEqual(shared.toSorted());
  expect(idle.packages).toEqual([...shared, ...LOCK, ...AXIOS].toSorted());
  expect(idle.languages).toEqual(['en.cjs']);
  // Each file takes time to find, read and link.
  const bundled = ['chunks/cli.js', 'main.js'];
  expect(help.own).toEqual(bundled);
  const run = ['chunks/rolldown-runtime.js', 'chunks/run.js'];
  expect(status.own).toEqual([...bundled, ...run, 'chunks/shared.js', 'chunks/status-show.js'].toSorted());
  expect(idle.own).toEqual([...bundled, ...run, 'chunks/feed.js'].toSorted());
});

test('a first load reads the schema of the feed, with sax, and no other package', async () => {
  const sandbox = await sandboxFor({ listings: 20 });
  const folder = configured(sandbox, await freshDatabase());
  const first = await loadedBy(folder, ['full-load']);
  const expected = [...COMMANDER, ...ZOD, ...DOTENV, ...MYSQL, ...PINO, ...LOCK, ...AXIOS, 'sax'];
  expect(first.packages).toEqual(expected.toSorted());
});
