import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';
import { readAddedFields } from '../../record/added-field.ts';
import { dropAddedColumns } from '../../run/columns/drop.ts';
import type { Print } from '../shared/tool.ts';
import { requireTables, findDataset } from './arguments.ts';
import { requireFeed } from '../shared/require-feed.ts';

/**
 * Drops columns that `fields add` created.
 * @throws UsageError for other columns.
 */
export async function dropFields(
  context: Context,
  name: string,
  names: readonly string[],
  print: Print,
): Promise<void> {
  requireFeed(context, 'fields');
  const { database, tools } = context;
  const resource = findDataset(context.resources, name);
  await requireTables(database);
  const inFile = new Set(Object.keys(resource.added ?? {}));
  const recorded = (await readAddedFields(database)).filter((added) => added.resource === name);
  const unknown = names.filter(
    (field) => !inFile.has(field) && !recorded.some((added) => added.field === field),
  );
  if (names.length === 0 || unknown.length > 0) {
    const added = [...inFile].join(', ') || 'none';
    throw new UsageError(
      `${unknown.length === 0 ? 'fields drop needs names of fields' : `not added by fields add: ${unknown.join(', ')}`}; added columns of ${name}: ${added}`,
      { op: 'read arguments', hint: 'only columns that were added can be dropped' },
    );
  }
  await dropAddedColumns({ run: tools, file: context.fields }, resource, names, recorded);
  print(`dropped ${names.join(', ')} of ${name}; the next full-load writes its rows again`);
}
