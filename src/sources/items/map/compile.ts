import type { Mapper, RawRecord, MappedRecord } from '../../items.ts';
import { type ItemColumn, compileColumns } from './columns.ts';
import { keyOf, keyWithoutId } from './key.ts';
import { createMetadataReader, type MetadataReader, writeMetadata } from './metadata.ts';
import type { ItemMapping } from './settings.ts';
import { createReader, type ItemValue, type ItemValueReader } from './values.ts';

export type MapOptions = {
  /** Texts that mean nothing, such as `.` or `N/A`. */
  readonly empty: readonly string[];
  /** `keep`: a description stays HTML. */
  readonly html?: 'text' | 'keep';
};

type Readers = {
  readonly id: ItemValueReader;
  readonly columns: readonly ItemColumn[];
  readonly metadata: MetadataReader;
};

/** Compiles a mapping, once for all records of a source. */
export function compileMapper(mapping: ItemMapping, { empty, html = 'text' }: MapOptions): Mapper {
  const meaningless = new Set(empty.map((text) => text.trim()));
  const id = createReader(mapping.external_id, { name: 'external_id', empty: meaningless }, (value) => ({
    value,
  }));
  const columns = compileColumns(mapping, meaningless, html);
  const used = new Set([id, ...columns].flatMap(({ fields }) => fields));
  const readers = { id, columns, metadata: createMetadataReader(mapping.metadata, used) };
  return {
    map: (record, payload, own) => mapRecord(readers, record, payload, own),
    fields: ['external_id', ...columns.map(({ name }) => name)],
  };
}

function mapRecord(
  { id, columns, metadata }: Readers,
  record: RawRecord,
  payload: string,
  own: string | undefined,
): MappedRecord {
  const missing: string[] = [];
  const notes: string[] = [];
  const whole: Record<string, string> = {};
  const identity = own ?? readIdentity(id.read(record), missing);
  const key = identity === null ? undefined : keyOf(identity);
  if (key?.whole !== undefined) whole['full_external_id'] = key.whole;
  const values: Partial<Record<ItemColumn['property'], string | null>> = {};
  for (const { name, property, read } of columns) {
    const found = read(record);
    if (found === undefined) missing.push(name);
    values[property] = found?.value ?? null;
    if (found?.note !== undefined) notes.push(found.note);
    if (found?.whole !== undefined) whole[`full_${name}`] = found.whole;
  }
  const { title = null } = values;
  const error = findError(key?.key, title);
  if (key === undefined || title === null)
    return { key: key?.key ?? keyWithoutId(payload), item: undefined, error, notes: [], missing };
  const item = {
    title,
    description: values.description ?? null,
    category: values.category ?? null,
    url: values.url ?? null,
    amount: values.amount ?? null,
    quantity: values.quantity ?? null,
    metadata: writeMetadata(Object.assign(metadata(record), whole)),
    publishedAt: values.publishedAt ?? null,
  };
  return { key: key.key, item, error: undefined, notes, missing };
}

function readIdentity(found: ItemValue | undefined, missing: string[]): string | null {
  if (found === undefined) missing.push('external_id');
  return found?.value ?? null;
}

function findError(key: string | undefined, title: string | null): string | undefined {
  const lacks = [...(key === undefined ? ['external_id'] : []), ...(title === null ? ['title'] : [])];
  return lacks.length === 0 ? undefined : `${lacks.join(' and ')} ${lacks.length === 1 ? 'is' : 'are'} empty`;
}
