import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';
import { readAdded } from '../../record/field.ts';
import { dropAddedColumns } from '../../run/columns/drop.ts';
import type { Print } from '../shared/tool.ts';
import { requireTables, findDataset } from './arguments.ts';

/**
 * Drops columns that fields add has made.
 * @throws UsageError for other columns.
 */
export async function dropFields(
  context: Context,
  name: string,
  names: readonly string[],
  print: Print,
): Promise<void> {
  const { database, tools } = context;
  const resource = findDataset(context.resources, name);
  await requireTables(database);
  const inFile = new Set(Object.keys(resource.added ?? {}));
  const noted = (await readAdded(database)).filter((added) => added.resource === name);
  const strange = names.filter(
    (field) => !inFile.has(field) && !noted.some((added) => added.field === field),
  );
  if (names.length === 0 || strange.length > 0) {
    const added = [...inFile].join(', ') || 'none';
    throw new UsageError(
      `${strange.length === 0 ? 'fields drop takes the names of fields' : `not added by fields add: ${strange.join(', ')}`}; ${name} has ${added} of that kind`,
      { op: 'read arguments', hint: 'only columns that were added can be dropped' },
    );
  }
  await dropAddedColumns({ run: tools, file: context.fields }, resource, names, noted);
  print(`dropped ${names.join(', ')} of ${name}; the next full-load writes its rows anew`);
}
