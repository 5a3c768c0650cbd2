import type { Context } from '../../app/context.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { formatType } from '../../dataset/types.ts';
import { addColumns } from '../../run/columns/add.ts';
import type { FillResult } from '../../run/columns/fill.ts';
import type { Print } from '../shared/tool.ts';
import type { AddFlags } from './add.ts';
import { requireTables, findDataset } from './arguments.ts';
import { requireFeed } from '../shared/require-feed.ts';

/** Adds columns for fields, and reports each one and how it was filled. */
export async function addFields(
  context: Context,
  name: string,
  names: readonly string[],
  flags: AddFlags,
  print: Print,
): Promise<void> {
  requireFeed(context, 'fields');
  const resource = findDataset(context.resources, name);
  await requireTables(context.database);
  const request = {
    names,
    all: flags.all ?? false,
    as: flags.as,
    isIndexed: flags.index ?? false,
    isFilled: flags.fill,
  };
  await addColumns({ run: context.tools, file: context.fields }, resource, request, {
    note: print,
    added: ({ table }, field) =>
      print(`${name}.${field.name} → ${field.table ?? table}.${field.column} ${formatType(field.type)}`),
    filled: (whole, filled) => reportFilled(whole, filled, print),
  });
}

function reportFilled(resource: Dataset, filled: FillResult | undefined, print: Print): void {
  if (filled === undefined) {
    print('not filled: trestle-etl full-load fills them; a sync fills those of the records that it writes');
    return;
  }
  if (filled.fields.length === 0) {
    print('nothing is left to fill');
    return;
  }
  const missing =
    filled.withoutPayload === 0
      ? ''
      : `; ${filled.withoutPayload.toLocaleString('en')} rows have no stored payload`;
  print(`filled ${filled.rows.toLocaleString('en')} rows of ${resource.table}, without a request${missing}`);
  for (const [field, count] of Object.entries(filled.conversionFailures)) {
    const type = resource.fields.find(({ name }) => name === field)?.type;
    print(
      `${field}: ${count.toLocaleString('en')} values do not fit ${type === undefined ? 'its column' : formatType(type)}: trestle-etl quarantine list --fields. ` +
        `For a wider column: trestle-etl fields drop ${resource.name} ${field}, then fields add with --as.`,
    );
  }
}
