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
 * The resource with what is there already as it is to be from now on: columns that are in force and that the file has lost
 * are taken over, and those that are named get the index that is wished.
 * @throws UsageError where another type is wished than a column has.
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
  const wished = Object.entries(all).map(([field, addition]): [string, Addition] => {
    if (!isNamed(field)) return [field, addition];
    if (!request.all) refuseOtherType(dataset, field, addition, request.as);
    return [field, request.isIndexed ? { ...addition, index: true } : addition];
  });
  return wished.length === 0 ? dataset : withAdditions(dataset, Object.fromEntries(wished));
}

/** What the file would say of a column that the database knows. */
async function readAddition(
  session: Session,
  { table: own, name }: Dataset,
  { field, table, type }: AddedField,
): Promise<Addition> {
  const words = parseColumnType(type, sqlType);
  if (words === undefined) {
    throw new ConfigError(`${name}.${field} is a column of type ${type}, which is none of fields add's`, {
      op: 'add fields',
      hint: `trestle-etl fields drop ${name} ${field}, then fields add`,
    });
  }
  const isIndexed = (await readIndexes(session, table)).has(columnOf(field));
  return {
    type: formatType(words),
    ...(isIndexed ? { index: true } : {}),
    ...(table === own ? {} : { table }),
  };
}

function refuseOtherType({ name }: Dataset, field: string, { type }: Addition, as: string | undefined): void {
  const wished = as === undefined ? undefined : parseTypeFlag(as);
  const is = parseType(type);
  if (wished === undefined || is === undefined || sqlType(wished) === sqlType(is)) return;
  throw new UsageError(`${name}.${field} is a column already, of type ${type}`, {
    op: 'read arguments',
    hint: `for another type: trestle-etl fields drop ${name} ${field}, then fields add with --as`,
  });
}
