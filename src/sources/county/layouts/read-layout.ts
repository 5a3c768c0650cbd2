import { ConfigError } from '../../../errors.ts';
import type { Layout, LayoutTable } from './layout.ts';
import { layoutFile } from './layout-file.ts';
import { readParcels } from './read-parcels.ts';
import { readRules } from './read-rules.ts';
import { readTable } from './read-table.ts';
import type { Report } from './report.ts';

/**
 * Checks a layout in the notation of layout files, and completes it.
 * @param label its file, or the name of a built-in layout, for the message.
 * @throws ConfigError that lists every problem.
 */
export function readLayout(input: unknown, label: string): Layout {
  const problems: string[] = [];
  const report: Report = (place, problem) => problems.push(`${place} ${problem}`);
  const parsed = layoutFile.safeParse(input);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues)
      report(path.map(String).join('.') || 'the layout', `is wrong: ${message}`);
    throw layoutError(label, problems);
  }
  const file = parsed.data;
  const drafts = Object.entries(file.tables).map(([name, table]) => {
    if (!Object.hasOwn(file.archives, table.archive))
      report(`tables.${name}.archive`, `names "${table.archive}", which is not in archives`);
    return readTable(name, table, file.defaults ?? {}, report);
  });
  const tables: LayoutTable[] = drafts.map((table) => ({
    ...table,
    rules: readRules(table, file.tables[table.name]?.rules ?? [], drafts, report),
  }));
  const parcels = file.parcels && readParcels(file.parcels, tables, report);
  if (problems.length > 0) throw layoutError(label, problems);
  return { name: file.name, url: file.url, archives: file.archives, tables, parcels };
}

function layoutError(label: string, problems: readonly string[]): ConfigError {
  return new ConfigError(`the layout ${label} is wrong: ${problems.join('; ')}`, {
    op: 'read layout',
    hint: 'correct it; docs/county-layouts.md describes layout files',
  });
}
