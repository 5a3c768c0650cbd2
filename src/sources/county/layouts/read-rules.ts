import type { QualityRule } from '../../../dataset/release-table.ts';
import type { LayoutTable } from './layout.ts';
import type { RuleFile } from './layout-file.ts';
import type { Report } from './report.ts';
import { resolveColumn } from './resolve-column.ts';

/** Replaces the names in a table's rules with its columns. */
export function readRules(
  table: LayoutTable,
  files: readonly RuleFile[],
  tables: readonly LayoutTable[],
  report: Report,
): readonly QualityRule[] {
  const place = `tables.${table.name}.rules`;
  const resolve = (of: LayoutTable, name: string): string =>
    resolveColumn(of, name) ?? (report(place, `names "${name}", which is not a column of ${of.name}`), name);
  return files.map((rule): QualityRule => {
    if (rule.kind === 'range') {
      const { min, max, ...rest } = rule;
      const limits = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
      return { ...rest, ...limits, column: resolve(table, rule.column) };
    }
    if (rule.kind === 'unique') return { ...rule, columns: rule.columns.map((name) => resolve(table, name)) };
    if (rule.kind !== 'reference') return { ...rule, column: resolve(table, rule.column) };
    const target = tables.find(({ name }) => name === rule.table);
    if (target === undefined) report(place, `names the table "${rule.table}", which is not in tables`);
    if (rule.to.length !== rule.columns.length) report(place, 'has a reference with unequal column lists');
    return {
      ...rule,
      columns: rule.columns.map((name) => resolve(table, name)),
      to: target === undefined ? rule.to : rule.to.map((name) => resolve(target, name)),
    };
  });
}
