import { tablePrefix } from '../../dataset/table-prefix.ts';
import { FatalError } from '../../errors.ts';

/** MySQL's limit for a table name, in characters. */
const MAX_NAME_LENGTH = 64;

/** A table while it is not published: staged, or kept for a rollback. @param maker the import that loaded it. */
export function unpublishedName(table: string, maker: number): string {
  const name = `${table}__${maker}`;
  if (name.length <= MAX_NAME_LENGTH) return name;
  throw new FatalError(`the name of the table ${name} is longer than ${MAX_NAME_LENGTH} characters`, {
    op: 'stage',
    hint: 'give the source a shorter name in sources.yaml',
  });
}

/** A table with one row, the id of the published import. It is renamed together with the tables of the release. */
export function markerTable(source: string): string {
  return `${tablePrefix(source)}_release`;
}
