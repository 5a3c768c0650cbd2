import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { clock } from '../../src/host/clock.ts';
import type { SourceDefinition } from '../../src/sources/definition.ts';
import { configured, trestleOf } from '../helpers/cli.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';
import { conforms } from '../sources/conformance.ts';
import { ROOT } from './documents.ts';

/** A copy of this project with the source of docs/development.md: one folder, and one line in the registry. */
function projectWithExample(): string {
  const project = temporaryFolder();
  const parts = ['src', 'sql', 'package.json', 'tsconfig.json', 'tsconfig.build.json', '.env.example'];
  for (const name of [...parts, 'scripts/build.mjs'])
    cpSync(join(ROOT, name), join(project, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  const [, path, code] = /```ts\n\/\/ (src\/sources\/list\/index\.ts)\n([\s\S]*?)```/.exec(
    readFileSync(join(ROOT, 'docs/development.md'), 'utf8'),
  )!;
  mkdirSync(dirname(join(project, path!)), { recursive: true });
  writeFileSync(join(project, path!), code!);
  const registry = join(project, 'src/sources/registry.ts');
  const text = readFileSync(registry, 'utf8');
  writeFileSync(
    registry,
    `import { list } from './list/index.ts';\n${text.replace('[trestle]', '[trestle, list]')}`,
  );
  for (const command of [
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    ['scripts/build.mjs'],
  ])
    execFileSync(process.execPath, command, { cwd: project, stdio: 'inherit' });
  return project;
}

let project: string;
let db: FreshDatabase;
let folder: string;

const run = (...args: string[]) => trestleOf(join(project, 'dist/main.js'), folder, args);

beforeAll(async () => {
  project = projectWithExample();
  db = await freshDatabase();
  folder = configured(await sandboxFor({ listings: 20 }), db, { RESOURCES: 'Property' });
});

const texts = async (): Promise<unknown[]> =>
  (await db.query('SELECT text FROM greetings ORDER BY `rank`')).map((row) => row['text']);

describe('the source of docs/development.md, one folder and one line in the registry', () => {
  test('is examined by doctor and planned', async () => {
    const { stdout } = await run('doctor');
    expect(stdout).toMatch(/^ok +list Greeting +3 records in the first batch$/m);
    expect(stdout).toMatch(/^ok +list lock +free$/m);
    expect(await run('plan', '--source', 'list')).toMatchObject({ code: 0 });
    expect(await run('sync', 'lisp')).toMatchObject({ code: 2 });
  });

  test('loads, resumes after an interruption, and writes nothing twice', async () => {
    expect(await run('sync', 'list', '--max-pages', '1')).toMatchObject({ code: 0, stderr: '' });
    expect(await texts()).toEqual(['hello', 'hallo', 'salut']);
    expect(await run('sync', 'list')).toMatchObject({ code: 0, stderr: '' });
    expect(await texts()).toEqual(['hello', 'hallo', 'salut', 'ciao', 'olá', 'hej', 'ahoj']);
    await run('sync', 'list');
    const log = await db.query(
      'SELECT source, status, records_inserted AS i, records_updated AS u, records_unchanged AS same FROM etl_sync_log ORDER BY id',
    );
    expect(log).toEqual([
      { source: 'list', status: 'partial', i: '3', u: '0', same: '0' },
      { source: 'list', status: 'success', i: '4', u: '0', same: '0' },
      { source: 'list', status: 'success', i: '0', u: '0', same: '7' },
    ]);
    expect(await db.query('SELECT source, resource, load_run FROM etl_watermark')).toEqual([
      { source: 'list', resource: 'Greeting', load_run: null },
    ]);
  });

  test('runs next to the feed: each has its runs, and status shows both', async () => {
    expect(await run('sync')).toMatchObject({ code: 0 });
    const { stdout } = await run('status');
    expect(stdout).toMatch(/Greeting/);
    expect(stdout).toMatch(/Property/);
  });
});

describe('the source of docs/development.md conforms: it', () => {
  conforms({
    open: async () => {
      const url = pathToFileURL(join(project, 'build/sources/list/index.js')).href;
      const { list } = (await import(url)) as { list: SourceDefinition<object> };
      const [dataset] = list.catalogue;
      const tools = { clock } as unknown as Parameters<typeof list.open>[1];
      const keys = Array.from({ length: 7 }, (_, nth) => `g${nth}`);
      return { source: list.open({}, tools), dataset: dataset!, keys, requests: () => 0 };
    },
    faults: {},
  });
});
