import { unescape } from 'node:querystring';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FieldType, Dataset } from '../../src/dataset/dataset.ts';
import type { Page } from '../../src/model/page.ts';
import { resources } from '../../src/sources/trestle/datasets/index.ts';
import { stamp } from '../../src/sandbox/trestle/instant.ts';
import type { Expression } from '../../src/sandbox/trestle/odata/expression.ts';
import { parseQueryString } from '../../src/sandbox/trestle/odata/link.ts';
import { parseQuery } from '../../src/sandbox/trestle/odata/query.ts';
import { sets } from '../../src/sandbox/trestle/sets.ts';
import { scriptedServer, type ScriptedServer } from '../helpers/scripted-server.ts';
import { allOf, sourceOf } from '../helpers/source.ts';
import { anyInstant, anyKey, anyText, CASES, PATIENCE } from './arbitraries.ts';
import {
  cursorField,
  hasParentVersion,
  parentLink,
  versionField,
  withSelect,
} from '../../src/dataset/reading.ts';
import type { TrestleSource } from '../../src/sources/trestle/odata/index.ts';

/** A filter as it is written, and what it means. */
type Filter = { readonly text: string; readonly means: Expression };

const quoted = (text: string): string => `'${text.split("'").join("''")}'`;

const anyTest = fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le');

function comparison<T extends string | number | boolean>(
  field: string,
  values: fc.Arbitrary<T>,
  print: (value: T) => string,
): fc.Arbitrary<Filter> {
  return fc.tuple(anyTest, values).map(([how, value]) => ({
    text: `${field} ${how} ${print(value)}`,
    means: { kind: 'compare', field, test: how, value },
  }));
}

/** A filter as a person writes one into PROPERTY_FILTER: with brackets only where they are needed. */
const anyFilter = (resource: Dataset): fc.Arbitrary<Filter> => {
  const of = (kind: FieldType['kind']): string | undefined =>
    resource.fields.find(({ type }) => type.kind === kind)?.name;
  const text = of('string')!;
  const [number, flag] = [of('integer'), of('boolean')];
  const leaf = fc.oneof(
    comparison(text, anyText, quoted),
    ...(number === undefined ? [] : [comparison(number, fc.integer(), String)]),
    ...(flag === undefined ? [] : [comparison(flag, fc.boolean(), String)]),
    ...(hasParentVersion(resource)
      ? []
      : [comparison(versionField(resource), anyInstant, (at) => new Date(at).toISOString())]),
    fc.array(anyText, { minLength: 1, maxLength: 4 }).map<Filter>((values) => ({
      text: `${text} in (${values.map(quoted).join(',')})`,
      means: { kind: 'in', field: text, values },
    })),
    anyText.map<Filter>((part) => ({
      text: `contains(${text},${quoted(part)})`,
      means: { kind: 'contains', field: text, part },
    })),
  );
  const chain = (kind: 'and' | 'or', part: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
    fc.array(part, { minLength: 2, maxLength: 3 }).map((parts) => ({
      text: parts.map((each) => each.text).join(` ${kind} `),
      means: { kind, of: parts.map((each) => each.means) },
    }));
  const all = chain('and', leaf);
  const denied = leaf.map<Filter>((inner) => ({
    text: `not (${inner.text})`,
    means: { kind: 'not', of: inner.means },
  }));
  return fc.oneof(leaf, all, denied, chain('or', fc.oneof(leaf, all, denied)));
};

/** What is asked, and what the query has to say for it. */
type Case = {
  readonly resource: Dataset;
  readonly filter: Filter | undefined;
  readonly select: readonly string[] | undefined;
  readonly pageSize: number;
  readonly prettyEnums: boolean;
  readonly ask: (source: TrestleSource, own: Dataset) => AsyncIterable<Page> | Promise<number>;
  readonly wants: {
    readonly bound: Expression | undefined;
    readonly order: string | undefined;
    readonly select?: readonly string[];
    readonly top?: number;
    readonly count?: boolean;
    readonly replication?: boolean;
  };
};

const NEVER = new AbortController().signal;

type Asking = Pick<Case, 'ask' | 'wants'>;

const compare = (field: string, how: 'eq' | 'gt' | 'ge' | 'lt', value: string | number): Expression => ({
  kind: 'compare',
  field,
  test: how,
  value,
});

const within = (field: string, values: readonly string[]): Expression => ({ kind: 'in', field, values });

/** Each way to ask a source, with any arguments. */
function anyAsking(resource: Dataset): fc.Arbitrary<Asking> {
  const { key } = resource;
  const parent = parentLink(resource);
  const cursor = cursorField(resource);
  const byTime = `${cursor} asc,${key} asc`;
  const someKeys = fc.array(anyKey, { minLength: 1, maxLength: 5 });
  const byKey = [
    someKeys.map<Asking>((values) => ({
      ask: (source, own) => source.children(own, values, NEVER),
      wants: { bound: within(parent?.field ?? key, values), order: `${key} asc`, count: true },
    })),
    someKeys.map<Asking>((values) => ({
      ask: (source, own) => source.keys.records(own, values, NEVER),
      wants: { bound: within(key, values), order: `${key} asc`, count: true },
    })),
  ];
  // What has no time of its own is never asked for by it.
  if (hasParentVersion(resource)) return fc.oneof(...byKey);
  return fc.oneof(
    ...byKey,
    fc.boolean().map<Asking>((count) => ({
      ask: (source, own) => source.read(own, { cursor: undefined, count }, NEVER),
      wants: { bound: undefined, order: byTime, count },
    })),
    fc.tuple(anyInstant, fc.option(anyKey)).map<Asking>(([at, last]) => ({
      ask: (source, own) => {
        const from = { timestamp: stamp(at), ...(last === null ? {} : { key: last }) };
        return source.read(own, { cursor: from }, NEVER);
      },
      wants: {
        order: byTime,
        bound:
          last === null
            ? compare(cursor, 'ge', at)
            : {
                kind: 'or',
                of: [
                  compare(cursor, 'gt', at),
                  { kind: 'and', of: [compare(cursor, 'eq', at), compare(key, 'gt', last)] },
                ],
              },
      },
    })),
    fc.constant<Asking>({
      ask: (source, own) => source.replicate(own, NEVER),
      wants: { bound: undefined, order: undefined, replication: true },
    }),
    fc.tuple(anyInstant, anyInstant).map<Asking>(([from, to]) => ({
      ask: (source, own) => source.keys.count(own, NEVER, { from: stamp(from), to: stamp(to) }),
      wants: {
        bound: { kind: 'and', of: [compare(cursor, 'ge', from), compare(cursor, 'lt', to)] },
        order: undefined,
        top: 0,
        count: true,
        select: [],
      },
    })),
  );
}

const anyCase: fc.Arbitrary<Case> = fc.constantFrom(...resources).chain((resource) =>
  fc
    .record(
      {
        resource: fc.constant(resource),
        filter: fc.option(anyFilter(resource), { nil: undefined }),
        select: fc.option(
          fc.subarray(
            resource.fields
              .map((field) => field.name)
              .filter((name) => !hasParentVersion(resource) || name !== versionField(resource)),
            { minLength: 1 },
          ),
          { nil: undefined },
        ),
        pageSize: fc.integer({ min: 1, max: 1000 }),
        prettyEnums: fc.boolean(),
        asking: anyAsking(resource),
      },
      { noNullPrototype: true },
    )
    .map(({ asking, ...rest }) => ({
      ...rest,
      ...asking,
      [fc.toStringMethod]: () => fc.stringify({ ...rest, resource: resource.name, wants: asking.wants }),
    })),
);

/** RFC 3986, read by hand: names and values of a query, each name once. */
function parametersOf(target: string): Record<string, string> {
  expect(target).toMatch(/^[\w\-.~!$&'()*+,;=:@/?%]+$/);
  expect(target.replaceAll(/%[0-9A-F]{2}/g, '')).not.toContain('%');
  const [, query = '', ...more] = target.split('?');
  expect(more).toEqual([]);
  const pairs = query.split('&').map((pair) => {
    const [name = '', value = '', ...rest] = pair.split('=');
    expect(rest).toEqual([]);
    return [unescape(name), unescape(value)] as const;
  });
  expect(new Set(pairs.map(([name]) => name)).size).toBe(pairs.length);
  return Object.fromEntries(pairs);
}

/** All that was asked for at once: bound and filter of the user's own. */
function meantBy(...parts: readonly (Expression | undefined)[]): Expression | undefined {
  const given = parts.filter((part) => part !== undefined);
  return given.length < 2 ? given[0] : { kind: 'and', of: given };
}

let server: ScriptedServer;

beforeAll(async () => {
  server = await scriptedServer({ data: { body: { '@odata.count': 0, value: [] } } });
});
afterAll(() => server.close());

// Validates: Requirements 1.2
test(
  'Feature: trestle-etl-pipeline, Property 2: OData Query Construction: For any combination of field selections and filters, the OData client should construct syntactically correct OData URLs that include all specified parameters in the proper format.',
  async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ resource, filter, select, pageSize, prettyEnums, ask, wants }) => {
        const { source } = sourceOf(server, {
          pageSize,
          prettyEnums,
          filters: { [resource.name]: filter?.text },
        });
        server.asked.length = 0;
        const asked = ask(source, select === undefined ? resource : withSelect(resource, select));
        if (Symbol.asyncIterator in asked) await allOf(asked);
        else await asked;
        const [{ target, path } = { target: '', path: '' }] = server.asked;
        expect(server.asked).toHaveLength(1);
        expect(path).toBe(`/trestle/odata/${resource.name}`);

        const fields = wants.select ?? select ?? [];
        const { $filter, ...plain } = parametersOf(target);
        expect(plain).toEqual({
          ...(wants.order === undefined ? {} : { $orderby: wants.order }),
          ...(fields.length === 0 ? {} : { $select: fields.join(',') }),
          $top: String(wants.top ?? pageSize),
          ...(wants.count === true ? { $count: 'true' } : {}),
          ...(wants.replication === true ? { replication: 'true' } : {}),
          // Of records only: a number has no names.
          ...(prettyEnums && wants.top !== 0 ? { PrettyEnums: 'true' } : {}),
        });

        // The sandbox refuses what is no OData, and says what it understood.
        const understood = parseQuery(
          parseQueryString(target.split('?')[1] ?? '') ?? [],
          sets.get(resource.name)!,
        );
        expect(understood.filter).toEqual(meantBy(wants.bound, filter?.means));
        expect($filter ?? '').toContain(filter?.text ?? '');
        expect(understood.select).toEqual(fields.length === 0 ? undefined : fields);
      }),
      CASES,
    );
  },
  PATIENCE,
);
