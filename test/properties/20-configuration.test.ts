import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { composeVariables } from '../../src/config/compose.ts';
import { type Config, loadConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';
import { registry } from '../../src/sources/registry.ts';
import type { TrestleSettings } from '../../src/sources/trestle/settings.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';
import { CASES, PATIENCE } from './arbitraries.ts';
import { type Meant, type Name, needed, settings, TLS_FILES } from './settings.ts';

const { variables, secrets: SECRETS } = composeVariables(registry);
const allNames = Object.keys(settings) as Name[];
const neededNames = allNames.filter((name) => settings[name].preset === needed);

/** Where a variable stands; in both, the file has something else that must not matter, as the environment wins. */
type Where = 'file' | 'environment' | 'both';
type Chosen = Partial<Record<Name, Meant>>;

/** What belongs together. */
const GROUPS: readonly (readonly Name[])[] = [
  ['ALERT_EMAIL_TO', 'ALERT_EMAIL_FROM', 'SMTP_URL'],
  ['MYSQL_SSL_CERT', 'MYSQL_SSL_KEY'],
];

/** Any variables with good values: what must be set is, and what belongs together is there as a whole or not at all. */
const anyChosen: fc.Arbitrary<Chosen> = fc
  .subarray(allNames)
  .map((names) => {
    const groups = GROUPS.filter((group) => names.some((name) => group.includes(name)));
    return [...new Set([...neededNames, ...names, ...groups.flat()])];
  })
  .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, settings[name].good]))));

const anyPlaces = fc.infiniteStream(fc.constantFrom<Where>('file', 'environment', 'both'));
/** What cron and shells leave of a variable that is not set. */
const anyBlanks = fc.infiniteStream(fc.constantFrom(undefined, '', '  '));

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
});

/** The text in quotes that a `.env` file can hold it in; undefined where it has all of them in it. */
function quoted(text: string): string | undefined {
  const quote = ["'", '"', '`'].find((mark) => !text.includes(mark));
  return quote === undefined || /[\\\r]/.test(text) ? undefined : `${quote}${text}${quote}`;
}

type Written = { readonly path: string; readonly env: Record<string, string>; readonly folder: string };

/** Writes a `.env` file into a folder of its own, and says what stands in the environment beside it. */
function write(
  texts: Partial<Record<string, string>>,
  places: Iterator<Where>,
  blanks: Iterator<string | undefined>,
): Written {
  const own = mkdtempSync(join(folder, 'env-'));
  for (const [name, text] of Object.entries(TLS_FILES)) writeFileSync(join(own, name), text);
  const env: Record<string, string> = {};
  const lines = ['# written by a test'];
  for (const name of allNames) {
    const text = texts[name];
    const blank = blanks.next().value as string | undefined;
    if (text === undefined) {
      if (blank !== undefined) env[name] = blank;
      continue;
    }
    const inFile = quoted(text);
    const where = inFile === undefined ? 'environment' : (places.next().value as Where);
    if (where !== 'file') env[name] = text;
    else if (blank !== undefined) env[name] = blank;
    if (where === 'file') lines.push(`${name}=${inFile}`);
    if (where === 'both') lines.push(`${name}=something else`);
  }
  for (const [name, text] of Object.entries(texts)) if (!(name in settings)) lines.push(`${name}=${text}`);
  const path = join(own, '.env');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return { path, env, folder: own };
}

/** What a variable means where it is set, what holds where it is not. */
function wanted(name: Name, chosen: Chosen): unknown {
  const means = (other: Name): unknown => chosen[other]?.means;
  if (name === 'TRESTLE_TOKEN_URL' && chosen[name] === undefined) {
    const base = String(means('TRESTLE_API_BASE_URL') ?? settings.TRESTLE_API_BASE_URL.preset);
    return `${base.endsWith('/odata') ? base.slice(0, -6) : base}/oidc/connect/token`;
  }
  if (name === 'MYSQL_SSL' && chosen[name] === undefined)
    return (means('MYSQL_SSL_CA') ?? means('MYSQL_SSL_CERT')) && 'on';
  if (name === 'ALERT_WEBHOOK_FORMAT' && chosen.ALERT_WEBHOOK_URL === undefined) return undefined;
  return chosen[name] === undefined ? settings[name].preset : means(name);
}

function isFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozen);
}

function tryLoad({ path, env }: Written): Config | ConfigError {
  try {
    return loadConfig(registry, { envFile: path, cwd: () => '/' }, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error as ConfigError;
  }
}

/** What is wrong with one variable: the text it has, or none where it must have one; or its name is not quite right. */
type Wrong = { readonly name: Name; readonly text: string | undefined; readonly as: string };

const anyWrong: fc.Arbitrary<Wrong> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(...allNames.filter((name) => settings[name].bad !== undefined))
      .chain((name) => settings[name].bad!.map((text) => ({ name, text, as: name }))),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...neededNames).map((name) => ({ name, text: undefined, as: name })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<Name>('PROPERTY_FILTER', 'PAGE_SIZE', 'RESOURCES', 'MYSQL_SSL')
      .map((name) => ({ name, text: 'a', as: `${name.slice(0, -1)}_` })),
  },
);

// Validates: Requirements 7.1, 7.2, 7.3, 7.4
describe('Feature: trestle-etl-pipeline, Property 20: Configuration Loading Completeness: For any valid configuration environment, all required settings should be loaded correctly and invalid configurations should be rejected with clear error messages.', () => {
  test('every variable there is takes part', () => {
    expect(allNames.toSorted()).toEqual(Object.keys(variables).sort());
  });

  test(
    'promise 21: a valid environment is loaded as it is meant, whole and unchangeable',
    () => {
      fc.assert(
        fc.property(anyChosen, anyPlaces, anyBlanks, (chosen, places, blanks) => {
          const texts = Object.fromEntries(Object.entries(chosen).map(([name, { text }]) => [name, text]));
          const written = write(texts, places, blanks);
          const config = tryLoad(written);
          if (config instanceof ConfigError) throw config;
          const flat = { ...config, ...(config.sources['trestle'] as TrestleSettings) };
          const found = allNames.map((name) => [name, settings[name].read(flat, written.folder)]);
          expect(Object.fromEntries(found)).toEqual(
            Object.fromEntries(allNames.map((name) => [name, wanted(name, chosen)])),
          );
          expect(isFrozen(config)).toBe(true);
        }),
        { numRuns: 3 * CASES.numRuns },
      );
    },
    PATIENCE,
  );

  test(
    'promise 21: an invalid one is refused, with each variable that is wrong and with no secret',
    () => {
      const anyWrongs = fc.uniqueArray(anyWrong, {
        minLength: 1,
        maxLength: 6,
        selector: ({ name }) => name,
      });
      fc.assert(
        fc.property(anyChosen, anyWrongs, anyPlaces, anyBlanks, (chosen, wrongs, places, blanks) => {
          const texts: Record<string, string | undefined> = Object.fromEntries(
            Object.entries(chosen).map(([name, { text }]) => [name, text]),
          );
          for (const { name, text, as } of wrongs) {
            delete texts[name];
            if (text !== undefined) texts[as] = text;
          }
          // A group that is set only in part is another problem.
          const sets = GROUPS.map((group) => group.filter((name) => texts[name] !== undefined).length);
          fc.pre(sets.every((set, index) => set === 0 || set === GROUPS[index]!.length));
          const error = tryLoad(write(texts, places, blanks));
          if (!(error instanceof ConfigError)) throw new Error('was taken');

          expect(error.exitCode).toBe(78);
          expect(error.hint).toMatch(/\.env\.example/);
          const [, count, list = ''] =
            /^the configuration has (\d+) problem\(s\): (.*)$/s.exec(error.message) ?? [];
          expect(Number(count)).toBeGreaterThanOrEqual(wrongs.length);
          for (const { name, text, as } of wrongs) {
            const isShown = text !== undefined && !SECRETS.has(name);
            if (text === undefined) expect(list).toContain(`${name} must be set`);
            else if (as !== name) expect(list).toContain(`${as} is unknown; did you mean ${name}?`);
            else expect(list).toMatch(new RegExp(`\\b${name} .*\\b(must|there is no)\\b`, 's'));
            if (isShown && as === name) expect(list).toContain(text);
          }
          // Nothing that is right is blamed, and nothing that is secret is told.
          const told = allNames.filter((name) => new RegExp(`(^|; )${name} `).test(list));
          expect(wrongs.map(({ name }) => name)).toEqual(expect.arrayContaining(told));
          const secrets = [...SECRETS].flatMap((name) => texts[name]?.match(/hush[0-9a-f]{20}/) ?? []);
          for (const secret of secrets) expect(inspect(error, { depth: 9 })).not.toContain(secret);
        }),
        { numRuns: 3 * CASES.numRuns },
      );
    },
    PATIENCE,
  );
});
