import { readIndexes } from '../../db/columns.ts';
import type { Session } from '../../db/pool.ts';
import { ConfigError, UsageError } from '../../errors.ts';
import { sqlType } from '../../load/sql-type.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Addition } from '../../dataset/addition.ts';
import { type AddedField, readAddedFields } from '../../record/added-field.ts';
import { withAdditions } from '../../dataset/additions.ts';
import { columnOf } from '../../dataset/names.ts';
import { parseType, formatType, parseColumnType } from '../../dataset/types.ts';
import { type FieldRequest, parseTypeFlag } from './requested-fields.ts';

/**
 * Returns the dataset with its existing columns: active columns that are missing from the file are adopted, and named columns
 * get the requested index.
 * @throws UsageError if the requested type differs from the type of a column.
 */
export async function adoptColumns(
  session: Session,
  dataset: Dataset,
  request: FieldRequest,
): Promise<Dataset> {
  const isNamed = (field: string): boolean => request.all || request.names.includes(field);
  const lost = (await readAddedFields(session)).filter(
    ({ resource: name, field, addedAt }) =>
      name === dataset.name &&
      addedAt !== null &&
      isNamed(field) &&
      !Object.hasOwn(dataset.added ?? {}, field),
  );
  const found: [string, Addition][] = [];
  for (const added of lost) found.push([added.field, await readAddition(session, dataset, added)]);
  const all = { ...dataset.added, ...Object.fromEntries(found) };
  const requested = Object.entries(all).map(([field, addition]): [string, Addition] => {
    if (!isNamed(field)) return [field, addition];
    if (!request.all) refuseOtherType(dataset, field, addition, request.as);
    return [field, request.isIndexed ? { ...addition, index: true } : addition];
  });
  return requested.length === 0 ? dataset : withAdditions(dataset, Object.fromEntries(requested));
}

/** Builds the file entry of a column from the database. */
async function readAddition(
  session: Session,
  { table: own, name }: Dataset,
  { field, table, type }: AddedField,
): Promise<Addition> {
  const fieldType = parseColumnType(type, sqlType);
  if (fieldType === undefined) {
    throw new ConfigError(`${name}.${field} is a column of type ${type}, which fields add does not support`, {
      op: 'add fields',
      hint: `trestle-etl fields drop ${name} ${field}, then fields add`,
    });
  }
  const isIndexed = (await readIndexes(session, table)).has(columnOf(field));
  return {
    type: formatType(fieldType),
    ...(isIndexed ? { index: true } : {}),
    ...(table === own ? {} : { table }),
  };
}

function refuseOtherType({ name }: Dataset, field: string, { type }: Addition, as: string | undefined): void {
  const requested = as === undefined ? undefined : parseTypeFlag(as);
  const current = parseType(type);
  if (requested === undefined || current === undefined || sqlType(requested) === sqlType(current)) return;
  throw new UsageError(`${name}.${field} is already a column of type ${type}`, {
    op: 'read arguments',
    hint: `to change the type: trestle-etl fields drop ${name} ${field}, then fields add with --as`,
  });
}
