import { editDistance } from '../../lib/edit-distance.ts';
import { RequestError } from '../request-error.ts';
import type { Column } from './column.ts';

/**
 * The columns that `fields` names, and those that are part of every record.
 * @throws RequestError (400) for an empty name; for one that is not served, with the nearest one.
 */
export function selectFields<C extends Column>(
  columns: readonly C[],
  fields: string | undefined,
): readonly C[] {
  if (fields === undefined) return columns;
  const names = fields.split(',').map((name) => name.trim());
  if (names.includes('')) {
    const message = 'fields has an empty name: separate names by one comma, as in fields=a,b';
    throw new RequestError(400, 'invalid_parameter', message, 'fields');
  }
  const unknown = names.find((name) => !columns.some((column) => column.name === name));
  if (unknown !== undefined) throw createUnknownError(unknown, columns);
  return columns.filter(
    ({ name, isKey, isAlways }) => isKey === true || isAlways === true || names.includes(name),
  );
}

function createUnknownError(name: string, columns: readonly Column[]): RequestError {
  const [near] = columns
    .map((column) => ({ name: column.name, distance: editDistance(column.name, name.slice(0, 64)) }))
    .toSorted((a, b) => a.distance - b.distance);
  const message = `fields has no ${name.slice(0, 64)}: did you mean ${near?.name ?? ''}?`;
  return new RequestError(400, 'unknown_field', message, 'fields');
}
