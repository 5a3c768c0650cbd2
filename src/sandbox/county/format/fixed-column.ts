import { type Column, type ColumnKind, columnName } from './column.ts';

/** A field of a record of fixed width. */
export type FixedColumn = Column & {
  /** Characters before it. */
  readonly start: number;
};

/** Reads fields in short notation: `prop_id:I1-12`, positions from 1 with both ends. `A` is acres here. */
export function parseFixedColumns(notation: string): FixedColumn[] {
  return notation
    .trim()
    .split(/\s+/)
    .map((text) => {
      const [, name, kind, first, last] = /^(\w+):([A-Z])(\d+)-(\d+)$/.exec(text) ?? [];
      if (name === undefined) throw new SyntaxError(`not a field: ${text}`);
      return {
        name,
        column: columnName(name),
        kind: (kind === 'A' ? 'H' : kind) as ColumnKind,
        size: Number(last) - Number(first) + 1,
        isPadded: true,
        isRequired: false,
        start: Number(first) - 1,
      };
    });
}
