import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';
import { editDistance } from '../../lib/edit-distance.ts';
import { formatTable } from '../../lib/table.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { FeedSchema } from '../../dataset/feed-schema.ts';
import { hasField, findSet } from '../../dataset/feed-schema.ts';
import { formatFeedType } from '../../dataset/schema-diff.ts';
import type { ListFlags } from './list.ts';
import { formatType } from '../../dataset/types.ts';
import { readOrFetchSchemas } from '../shared/read-or-fetch-schemas.ts';
import { hasParentVersion, selectOf } from '../../dataset/reading.ts';
import { requireFeed } from '../shared/require-feed.ts';

/** A field in the licence and its column. */
type ListedField = {
  readonly resource: string;
  readonly field: string;
  /** Null if the licence lacks it. */
  readonly licence: string | null;
  /** Null if it has no column. */
  readonly type: string | null;
  readonly column: string | null;
  /** Whether the last change of the feed's schema added it. */
  readonly isNew: boolean;
};

/** Lists the fields of the licence and their columns. */
export async function showFields(
  context: Context,
  name: string | undefined,
  flags: ListFlags,
  print: (text: string) => void,
): Promise<void> {
  requireFeed(context, 'fields');
  const [newest, before] = await readOrFetchSchemas(context, flags.refresh ?? false, 2);
  const schema = newest!.schema;
  const selected = selectDatasets(context, schema, name);
  const rows = selected.flatMap((dataset) => listFields(dataset, schema, before?.schema));
  const shown = rows.filter(
    (row) =>
      (flags.missing !== true || row.licence === null) &&
      (flags.new !== true || row.isNew) &&
      (flags.used !== true || row.column !== null),
  );
  print(flags.json === true ? JSON.stringify(shown, null, 2) : formatFields(shown));
}

type ListedDataset = Pick<Dataset, 'name' | 'fields'> & Partial<Pick<Dataset, 'version' | 'read'>>;

/** Selects all of RESOURCES, or the named dataset of RESOURCES, the catalogue or the licence. @throws UsageError */
function selectDatasets(
  { resources: all, tools: { catalogue } }: Context,
  schema: FeedSchema,
  name: string | undefined,
): readonly ListedDataset[] {
  if (name === undefined) return all;
  const known = [...all, ...catalogue].find((dataset) => dataset.name === name);
  if (known !== undefined) return [known];
  if (findSet(schema, name) !== undefined) return [{ name, fields: [] }];
  const names = [...new Set([...catalogue.map((each) => each.name), ...Object.keys(schema.sets)])];
  const near = names.find((each) => editDistance(each.toLowerCase(), name.toLowerCase()) <= 2);
  throw new UsageError(`neither the licence nor trestle-etl has ${name}`, {
    op: 'read arguments',
    hint: near === undefined ? `known: ${names.sort().join(', ')}` : `did you mean ${near}?`,
  });
}

function listFields(dataset: ListedDataset, now: FeedSchema, before?: FeedSchema): ListedField[] {
  const { name, read } = dataset;
  const select = read === undefined ? [] : (selectOf({ read }) ?? []);
  // A version that comes from the parent is not a field of the feed.
  const fields = dataset.fields.filter(
    (field) => read === undefined || !hasParentVersion({ read }) || field.name !== dataset.version,
  );
  const [set, old] = [findSet(now, name), before === undefined ? undefined : findSet(before, name)];
  const columns = new Map(fields.map((field) => [field.name, field]));
  const names = new Set([...columns.keys(), ...select, ...Object.keys(set?.fields ?? {})]);
  return [...names].sort().map((field) => {
    const isLicensed = set !== undefined && hasField(set, field);
    const here = columns.get(field);
    return {
      resource: name,
      field,
      licence: isLicensed ? formatFeedType(set.fields[field]!) : null,
      type: here === undefined ? null : formatType(here.type),
      column: here?.column ?? null,
      isNew: isLicensed && before !== undefined && (old === undefined || !hasField(old, field)),
    };
  });
}

function formatFields(rows: readonly ListedField[]): string {
  if (rows.length === 0) return 'no fields match';
  const lines = rows.map(({ resource, field, licence, type, column, isNew }) => [
    `${resource}.${field}`,
    licence ?? 'not licensed',
    type ?? '',
    column ?? '',
    isNew ? 'new' : '',
  ]);
  return formatTable([['field', 'in the licence', 'column type', 'column', ''], ...lines], new Set()).join(
    '\n',
  );
}
