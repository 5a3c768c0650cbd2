import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Path below src/ → text. */
type Tree = ReadonlyMap<string, string>;

/** Who may import whom, beside their own folder. A name that ends in .ts is that file alone. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  main: ['cli', 'lib'],
  cli: [
    'app',
    'commands',
    'config/location.ts',
    'errors',
    'host/signals.ts',
    'host/terminal.ts',
    'lib',
    'model',
  ],
  commands: [
    'dataset',
    'errors',
    'host',
    'http',
    'lib',
    'model',
    'record',
    'report',
    'run',
    'sandbox',
    'serve',
    'sources',
  ],
  report: ['dataset', 'errors', 'http', 'lib', 'model', 'record', 'run', 'sources'],
  serve: ['dataset', 'errors', 'lib', 'model', 'record', 'report'],
  app: [
    'config',
    'dataset',
    'db',
    'errors',
    'host',
    'http',
    'lib',
    'log',
    'media',
    'model',
    'notify',
    'run',
    'sources',
  ],
  run: ['dataset', 'db', 'errors', 'lib', 'load', 'media', 'model', 'record', 'sources', 'transform'],
  sources: ['dataset', 'errors', 'http', 'lib', 'model', 'transform'],
  transform: ['dataset', 'lib', 'model'],
  load: ['dataset', 'db', 'errors', 'lib', 'model'],
  record: ['dataset', 'db', 'errors', 'lib', 'model'],
  db: ['errors', 'lib', 'model'],
  dataset: ['sources'],
  http: ['errors', 'host/private-file.ts', 'lib', 'model'],
  media: ['errors', 'host', 'http', 'lib', 'model'],
  notify: ['errors', 'host/private-file.ts', 'http', 'lib', 'model'],
  config: ['sources', 'dataset', 'db', 'errors', 'host', 'http', 'lib', 'model'],
  log: ['errors', 'host', 'lib', 'model'],
  host: ['errors', 'lib', 'model'],
  model: ['dataset'],
  errors: [],
  lib: [],
  sandbox: ['dataset', 'lib', 'sources'],
};

/** What a part may know as types only. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  commands: ['app', 'db'],
  report: ['app', 'db'],
  serve: ['app', 'db'],
};

/** The files that know more than their part may, each with what. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // doctor examines the database itself.
  'commands/doctor/database.ts': [
    'db/migrate.ts',
    'db/read-session.ts',
    'db/rights.ts',
    'db/server-facts.ts',
    'db/server-variables.ts',
  ],
  'commands/doctor/releases.ts': ['db/rights.ts'],
  'commands/doctor/session.ts': ['db/session.ts'],
};

/** The files that may import while they run: what they import must not be loaded with them. */
const LAZY = [
  /^main\.ts$/,
  /^cli\/tool\.ts$/,
  /^commands\/[a-z-]+\/index\.ts$/,
  /^commands\/fields\/(?:list|add|drop)\.ts$/,
  /^sources\/[a-z-]+\/index\.ts$/,
];

/** Packages that are loaded when they are needed, by the files that are their homes. */
const LAZY_PACKAGES = new Set([
  '@jmespath-community/jmespath',
  'aws4fetch',
  'axios',
  'dotenv',
  'feedsmith',
  'html-to-text',
  'image-size',
  'luxon',
  'nodemailer',
  'pino-roll',
  'proper-lockfile',
  'sax',
  'sharp',
  'tinyglobby',
  'yaml',
  'yauzl',
]);

/** What is loaded before a command is called: files of these parts, and these packages. */
const START = {
  parts: ['app/version.ts', 'cli', 'commands', 'config/location.ts', 'errors', 'host/signals.ts', 'lib'],
  packages: ['commander'],
};

/** Each outside package is known by one file; pino by two. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@jmespath-community/jmespath': ['lib/json-path.ts'],
  '@hono/node-server': ['serve/hono.ts'],
  hono: ['serve/hono.ts'],
  axios: ['http/load-axios.ts'],
  sharp: ['media/renditions/load-sharp.ts'],
  aws4fetch: ['media/store/s3/sign.ts'],
  'image-size': ['media/fetch/load-image-size.ts'],
  'html-to-text': ['sources/items/map/html.ts'],
  luxon: ['sources/items/map/date.ts'],
  sax: ['sources/trestle/odata/xml.ts'],
  mysql2: ['db/pool.ts', 'db/server-pool.ts'],
  pino: ['log/daily-file.ts', 'log/log.ts'],
  'pino-roll': ['log/daily-file.ts'],
  'proper-lockfile': ['host/lock.ts'],
  nodemailer: ['notify/alert/mail.ts'],
  commander: ['cli/commander.ts'],
  dotenv: ['config/env-file.ts'],
  feedsmith: ['sources/items/rss/load-feedsmith.ts'],
  tinyglobby: ['sources/items/csv/find-files.ts'],
  yaml: ['lib/yaml.ts'],
  yauzl: ['sources/archive/zip.ts'],
  zod: ['lib/zod.ts'],
};

const MOST_LINES = 300;

/** What the code must not say, and the one file or folder that may. */
const WORDS: readonly {
  readonly word: string;
  readonly pattern: RegExp;
  readonly only?: string | readonly string[];
  /** The folder that the rule is for; every one unless set. */
  readonly under?: string;
}[] = [
  // What differs from API to API is passed in (http/api-rules.ts).
  { word: 'the name of a source', pattern: /trestle|odata|reso\b|cotality/i, under: 'http/' },
  // One HTTP client in the project. A method of a type may have the name fetch: its parameters have types.
  {
    word: 'a client of its own for HTTP',
    pattern:
      /(?<![.\w])fetch\((?!\w+: )|\bglobalThis\.fetch\b|\b(?:request|get)\b[^;{}]*\} from ['"]node:https?['"]/,
    only: 'http/',
  },
  // What surrounds a command is passed in (model/io.ts): commands can run beside each other in one process.
  {
    word: 'the process itself',
    pattern:
      /\bprocess\s*(?:\?\.|\.)\s*(?:env|argv|cwd|chdir|std(?:in|out|err)|exitCode)\b|\bprocess\s*\[|['"](?:node:)?process['"]/,
    only: ['main.ts', 'cli/process.ts', 'cli/last-resort.ts', 'cli/output.ts'],
  },
  {
    word: 'process.exit(',
    pattern: /\bprocess\s*\.\s*(?:exit|reallyExit|abort)\s*\(/,
    only: 'cli/last-resort.ts',
  },
  // A promise of the list that rejects before all are awaited would end the process: Promise.all around it, or one by one.
  {
    word: 'a list of promises kept for later',
    pattern: /\b(?:const|let) \w+ = (?:(?!Promise\.)[^;=])*\.map\(\s*async\b/,
  },
  { word: 'console.', pattern: /\bconsole\s*[.[]/ },
  {
    word: 'any',
    pattern: /(?:[:|&]\s+|<\s*|\b(?:as|satisfies|extends)\s+|=>\s*|\btype \w+ =\s*)any\b|,\s*any\s*[>,]/,
  },
];

type Import = { readonly name: string; readonly kind: 'type' | 'value' | 'lazy' };

/** Everything that is wrong with a tree, each with the file and what it says; pure, so that it can be shown to fail. */
function violations(tree: Tree): string[] {
  const graph = new Map<string, string[]>();
  const found: string[] = [];
  for (const [file, text] of tree) {
    const code = withoutComments(text);
    const imports = importsOf(code);
    found.push(...imports.flatMap((each) => wrongImport(tree, file, each)), ...wrongWords(file, code));
    const lines = text.replace(/\n$/, '').split('\n').length;
    if (lines > MOST_LINES) found.push(`${file} has ${lines} lines`);
    const linked = imports.filter(({ name, kind }) => name.startsWith('.') && kind !== 'lazy');
    graph.set(
      file,
      linked.map(({ name }) => resolved(file, name)),
    );
  }
  return [...found, ...cycles(graph)];
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** Static imports and exports, type-only ones too, side effects and dynamic imports. */
function importsOf(code: string): Import[] {
  const patterns = [
    { pattern: /^\s*(?:import|export)(?!\s+type\b)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/gm, kind: 'value' },
    { pattern: /^\s*(?:import|export)\s+type\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/gm, kind: 'type' },
    { pattern: /^\s*import\s*['"]([^'"]+)['"]/gm, kind: 'value' },
    { pattern: /\bimport\s*\(\s*['"`]([^'"`]+)['"`]/g, kind: 'lazy' },
    {
      pattern: /^(?:export )?const\b[^;=]*=\s*require(?:Without)?\s*\(\s*['"`]([^'"`]+)['"`]/gm,
      kind: 'value',
    },
    {
      pattern: /(?<!^(?:export )?const\b[^;=]*=\s*)\brequire(?:Without)?\s*\(\s*['"`]([^'"`]+)['"`]/gm,
      kind: 'lazy',
    },
  ] as const;
  return patterns.flatMap(({ pattern, kind }) =>
    [...code.matchAll(pattern)].map((match) => ({ name: match[1]!, kind })),
  );
}

function wrongImport(tree: Tree, file: string, { name, kind }: Import): string[] {
  const isOutside = !name.startsWith('.') && !isBuiltin(name);
  const mayWait = isOutside ? LAZY_PACKAGES.has(packageOf(name)) : LAZY.some((pattern) => pattern.test(file));
  if (kind === 'lazy' && !mayWait) return [`${file} imports ${name} while it runs: not a file that may`];
  if (kind === 'value' && LAZY_PACKAGES.has(packageOf(name)))
    return [`${file} imports ${name} at once: it must be loaded when it is needed`];
  if (!name.startsWith('.')) {
    if (isBuiltin(name)) return [];
    return PACKAGES[packageOf(name)]?.includes(file) === true
      ? []
      : [`${file} imports ${name}: not the file that may know it`];
  }
  const target = resolved(file, name);
  if (!tree.has(target)) return [`${file} imports ${name}: no such file`];
  const [from, to] = [part(file), part(target)];
  const may = new Set([...(MAY[from] ?? []), ...(EXCEPTIONS[file] ?? [])]);
  if (from === to || may.has(to) || may.has(target)) return [];
  if (TYPES[from]?.includes(to) === true) {
    return kind === 'type' ? [] : [`${file} imports ${name}: ${from} may know types of ${to} only`];
  }
  return [`${file} imports ${name}: ${from} may not know ${to}`];
}

function packageOf(name: string): string {
  return name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : name.split('/')[0]!;
}

/** The files and packages that are loaded with a file, by its imports and theirs. */
function loadedWith(tree: Tree, start: string): { files: string[]; packages: string[] } {
  const files = new Set([start]);
  const packages = new Set<string>();
  for (const file of files) {
    const imports = importsOf(withoutComments(tree.get(file) ?? '')).filter(({ kind }) => kind === 'value');
    for (const { name } of imports) {
      if (name.startsWith('.')) files.add(resolved(file, name));
      else if (!isBuiltin(name)) packages.add(packageOf(name));
    }
  }
  return { files: [...files], packages: [...packages] };
}

/** What is loaded before a command is called, and must not be. */
function earlyLoads(tree: Tree): string[] {
  const { files, packages } = loadedWith(tree, 'cli/process.ts');
  return [
    ...files.filter((file) => !START.parts.includes(file) && !START.parts.includes(part(file))),
    ...packages.filter((name) => !START.packages.includes(name)),
  ];
}

function wrongWords(file: string, code: string): string[] {
  return WORDS.filter(
    ({ pattern, only, under = '' }) =>
      ![only ?? []].flat().some((each) => file.startsWith(each)) &&
      file.startsWith(under) &&
      pattern.test(code),
  ).map(({ word }) => `${file} says ${word}`);
}

/** `run.ts` and `run/…` are one part of the house; the other files at the top are each their own. */
function part(file: string): string {
  return file.split('/')[0]!.replace(/\.ts$/, '');
}

function resolved(file: string, name: string): string {
  return posix.normalize(posix.join(posix.dirname(file), name));
}

function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      found.push(`a cycle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

function read(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((file) => file.isFile() && file.name.endsWith('.ts') && !file.name.endsWith('.d.ts'))
      .map((file) => join(file.parentPath, file.name))
      .map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
  );
}

describe('the house', () => {
  const tree = read(join(import.meta.dirname, '../src'));

  test('is there, with a rule for every part of it', () => {
    expect(tree.size).toBeGreaterThan(60);
    const parts = new Set([...tree.keys()].map(part));
    expect([...parts].filter((name) => !(name in MAY))).toEqual([]);
    const named = [PACKAGES, EXCEPTIONS].flatMap((table) => Object.values(table).flat());
    for (const file of [...named, ...Object.keys(EXCEPTIONS)]) expect([...tree.keys()]).toContain(file);
  });

  test('loads the code of a command only when it is called', () => {
    expect(tree.has('commands/registry.ts')).toBe(true);
    expect(loadedWith(tree, 'cli/process.ts').files).toContain('commands/registry.ts');
    expect(earlyLoads(tree)).toEqual([]);
  });

  test('loads the code that reads a source only with its first request', () => {
    const { files, packages } = loadedWith(tree, 'sources/registry.ts');
    expect(files).toContain('sources/trestle/datasets/index.ts');
    expect(files.filter((file) => /^sources\/trestle\/odata\/|^http\/(client|send)\.ts$/.test(file))).toEqual(
      [],
    );
    const items = files.filter((file) => file.startsWith('sources/items/'));
    expect(
      items.filter(
        (file) => !/\/(?:date-format|encoding|expressions|index|secrets|settings)\.ts$/.test(file),
      ),
    ).toEqual([]);
    expect(packages).toEqual(['zod']);
  });

  test('keeps the table of who may import whom, its packages, its size and its manners', () => {
    expect(violations(tree)).toEqual([]);
  });
});

const treeOf = (files: Readonly<Record<string, string>>): Tree =>
  new Map(
    Object.entries({
      'model/page.ts': '',
      'errors.ts': '',
      'run/run.ts': '',
      'app/context.ts': '',
      'lib/time.ts': '',
      'host/lock.ts': '',
      'host/private-file.ts': '',
      'db/pool.ts': '',
      'load/upsert.ts': '',
      'commands/registry.ts': '',
      'record/run-log.ts': '',
      'sources/source.ts': '',
      'sources/trestle/odata/index.ts': '',
      'transform/page.ts': '',
      'dataset/dataset.ts': '',
      'sandbox/index.ts': '',
      ...files,
    }),
  );

describe('the check itself', () => {
  test.each<[string, Record<string, string>]>([
    [
      'a stage that takes a type of its own folder',
      { 'sources/trestle/a.ts': "import type { Source } from '../source.ts';" },
    ],
    [
      'a run that knows the port',
      { 'run/active-run.ts': "import type { Source } from '../sources/source.ts';" },
    ],
    ['run/ and run.ts as one part', { 'run/a.ts': "import { b } from './b.ts';", 'run/b.ts': '' }],
    ['the package in its file', { 'log/log.ts': "import type pino from 'pino';" }],
    [
      'packages that are required in their files, at once or when they are needed',
      {
        'db/pool.ts': "const { createPool } = require('mysql2/promise') as typeof mysql;",
        'log/daily-file.ts': "function roll() {\n  return require('pino-roll');\n}",
        'notify/alert/mail.ts': "const { createTransport } = await import('nodemailer');",
      },
    ],
    ['a subpath of the package', { 'db/pool.ts': "import { createPool } from 'mysql2/promise';" }],
    ['Node’s own modules', { 'lib/a.ts': "import { join } from 'node:path';" }],
    ['words in comments', { 'lib/a.ts': '// console.log(process.env)\n/* process.exit(1): any */\n' }],
    [
      'a name that only looks like any',
      { 'lib/a.ts': 'const [any] = list; if (any === undefined) /(?:any|all)/.test(many);' },
    ],
    [
      'the one file of a room that another may know',
      { 'http/a.ts': "import { writePrivate } from '../host/private-file.ts';" },
    ],
    [
      'a server, and the HTTP client in its room',
      {
        'sandbox/a.ts': "import { createServer } from 'node:http';",
        'http/a.ts': "import { request as requestHttp } from 'node:http';",
      },
    ],
    [
      'a type with a method that fetches',
      {
        'sources/a.ts': 'type Reader = {\n  fetch(options: Options, signal: AbortSignal): Promise<void>;\n};',
      },
    ],
    [
      'a command that knows types of the database',
      { 'commands/a.ts': "import type { Session } from '../db/pool.ts';" },
    ],
    [
      'a command that imports its own code when it is called',
      {
        'commands/x/index.ts': "const { show } = await import('./show.ts');",
        'commands/x/show.ts': "import type { Flags } from './index.ts';",
      },
    ],
    ['exactly 300 lines', { 'lib/a.ts': '//\n'.repeat(300) }],
  ])('lets %s pass', (_, files) => {
    expect(violations(treeOf(files))).toEqual([]);
  });

  test.each<[string, string, string]>([
    [
      'lib/a.ts',
      "import { x } from '../model/page.ts';",
      'lib/a.ts imports ../model/page.ts: lib may not know model',
    ],
    [
      'model/a.ts',
      "import type { x } from '../errors.ts';",
      'model/a.ts imports ../errors.ts: model may not know errors',
    ],
    [
      'errors.ts',
      "import { x } from './lib/time.ts';",
      'errors.ts imports ./lib/time.ts: errors may not know lib',
    ],
    [
      'load/a.ts',
      "import { x } from '../record/run-log.ts';",
      'load/a.ts imports ../record/run-log.ts: load may not know record',
    ],
    [
      'record/a.ts',
      "export { x } from '../load/upsert.ts';",
      'record/a.ts imports ../load/upsert.ts: record may not know load',
    ],
    [
      'sources/a.ts',
      "import '../db/pool.ts';",
      'sources/a.ts imports ../db/pool.ts: sources may not know db',
    ],
    [
      'transform/a.ts',
      "export * from '../db/pool.ts';",
      'transform/a.ts imports ../db/pool.ts: transform may not know db',
    ],
    [
      'cli/tool.ts',
      "const x = await import('../db/pool.ts');",
      'cli/tool.ts imports ../db/pool.ts: cli may not know db',
    ],
    [
      'run/a.ts',
      "import {\n  x,\n  y,\n} from '../app/context.ts';",
      'run/a.ts imports ../app/context.ts: run may not know app',
    ],
    [
      'commands/a.ts',
      "import { x } from '../transform/page.ts';",
      'commands/a.ts imports ../transform/page.ts: commands may not know transform',
    ],
    [
      'commands/a.ts',
      "import { x } from '../load/upsert.ts';",
      'commands/a.ts imports ../load/upsert.ts: commands may not know load',
    ],
    [
      'commands/a.ts',
      "import { type Session, x } from '../db/pool.ts';",
      'commands/a.ts imports ../db/pool.ts: commands may know types of db only',
    ],
    [
      'commands/a.ts',
      "import { x } from '../app/context.ts';",
      'commands/a.ts imports ../app/context.ts: commands may know types of app only',
    ],
    [
      'app/a.ts',
      "import { x } from '../commands/registry.ts';",
      'app/a.ts imports ../commands/registry.ts: app may not know commands',
    ],
    [
      'lib/a.ts',
      "const x = await import('./time.ts');",
      'lib/a.ts imports ./time.ts while it runs: not a file that may',
    ],
    [
      'sandbox/a.ts',
      "import { x } from '../errors.ts';",
      'sandbox/a.ts imports ../errors.ts: sandbox may not know errors',
    ],
    [
      'dataset/a.ts',
      "import { x } from '../lib/time.ts';",
      'dataset/a.ts imports ../lib/time.ts: dataset may not know lib',
    ],
    [
      'main.ts',
      "import { x } from './app/context.ts';",
      'main.ts imports ./app/context.ts: main may not know app',
    ],
    ['lib/a.ts', "import { x } from './gone.ts';", 'lib/a.ts imports ./gone.ts: no such file'],
    [
      'new/a.ts',
      "import { x } from '../model/page.ts';",
      'new/a.ts imports ../model/page.ts: new may not know model',
    ],
    [
      'db/migrate.ts',
      "import mysql from 'mysql2/promise';",
      'db/migrate.ts imports mysql2/promise: not the file that may know it',
    ],
    [
      'db/migrate.ts',
      "const { createPool } = require('mysql2/promise') as typeof mysql;",
      'db/migrate.ts imports mysql2/promise: not the file that may know it',
    ],
    [
      'db/pool.ts',
      "function open() {\n  return require('mysql2/promise');\n}",
      'db/pool.ts imports mysql2/promise while it runs: not a file that may',
    ],
    [
      'log/daily-file.ts',
      "import roll from 'pino-roll';",
      'log/daily-file.ts imports pino-roll at once: it must be loaded when it is needed',
    ],
    [
      'http/load-axios.ts',
      "const axios = requireWithout('axios', {});",
      'http/load-axios.ts imports axios at once: it must be loaded when it is needed',
    ],
    ['lib/a.ts', "import type { z } from 'zod';", 'lib/a.ts imports zod: not the file that may know it'],
    [
      'lib/a.ts',
      "import leftPad from 'left-pad';",
      'lib/a.ts imports left-pad: not the file that may know it',
    ],
    ['app/context.ts', 'const home = process.env.HOME;', 'app/context.ts says the process itself'],
    ['app/context.ts', "import { env } from 'node:process';", 'app/context.ts says the process itself'],
    ['cli/tool.ts', 'process.stdout.write(text);', 'cli/tool.ts says the process itself'],
    ['config/a.ts', 'const file = resolve(process.cwd(), name);', 'config/a.ts says the process itself'],
    ['main.ts', 'process.exit(1);', 'main.ts says process.exit('],
    [
      'lib/a.ts',
      'const lines = all.map(async (each) => {',
      'lib/a.ts says a list of promises kept for later',
    ],
    [
      'http/a.ts',
      "import { takeLock } from '../host/lock.ts';",
      'http/a.ts imports ../host/lock.ts: http may not know host',
    ],
    ['http/a.ts', "const hint = 'check TRESTLE_CLIENT_ID';", 'http/a.ts says the name of a source'],
    [
      'notify/a.ts',
      "import { Agent, request as requestHttps } from 'node:https';",
      'notify/a.ts says a client of its own for HTTP',
    ],
    ['notify/a.ts', 'const answer = await fetch(url);', 'notify/a.ts says a client of its own for HTTP'],
    ['lib/a.ts', "console.log('here');", 'lib/a.ts says console.'],
    ['lib/a.ts', 'function f(x: any) {}', 'lib/a.ts says any'],
    ['lib/a.ts', 'const x = y as any;', 'lib/a.ts says any'],
    ['lib/a.ts', 'type T = Record<string, any>;', 'lib/a.ts says any'],
    ['lib/a.ts', '//\n'.repeat(301), 'lib/a.ts has 301 lines'],
  ])('%s with %j is found', (file, text, message) => {
    expect(violations(treeOf({ [file]: text }))).toEqual([message]);
  });

  test('a cycle is found, through types and whatever its length', () => {
    const files = {
      'lib/a.ts': "import type { b } from './b.ts';",
      'lib/b.ts': "export { c } from './c.ts';",
      'lib/c.ts': "import { a } from './a.ts';",
    };
    expect(violations(treeOf(files))).toEqual(['a cycle: lib/a.ts → lib/b.ts → lib/c.ts → lib/a.ts']);
  });

  test('what a command would load too early is found, however far away, and types are not', () => {
    const files = {
      'cli/process.ts': "import { x } from '../commands/registry.ts';",
      'commands/registry.ts': "import { x } from './x/index.ts';",
      'commands/x/index.ts':
        "import type { A } from '../../app/context.ts';\nimport { x } from '../../run/run.ts';",
      'run/run.ts': "import { z } from 'zod';",
    };
    expect(earlyLoads(treeOf(files))).toEqual(['run/run.ts', 'zod']);
  });
});
