/** A account, C code, T text, F flag, I integer, M money, N number with a point, Y year, D date; H acres with implied decimals. */
export type ColumnKind = 'A' | 'C' | 'T' | 'F' | 'I' | 'M' | 'N' | 'Y' | 'D' | 'H';

export type Column = {
  /** As in the header of the file: `Neighborhood_Code`. */
  readonly name: string;
  /** As in the database: `neighborhood_code`. */
  readonly column: string;
  readonly kind: ColumnKind;
  /** Published length in characters. */
  readonly size: number;
  /** Whether values are padded with blanks to the published length. */
  readonly isPadded: boolean;
  readonly isRequired: boolean;
};

/**
 * A value before it is written: a date is `YYYY-MM-DD`, a number with a point is text; null is one of the forms of "none".
 * `raw` writes something else than what `value` leads to in the database.
 */
export type Cell = string | number | null | { readonly raw: string; readonly value: string | null };

export type Row = readonly Cell[];

/** Reads columns in short notation: `acct:A25p! yr:Y4`, with `p` for padded and `!` for required. */
export function parseColumns(notation: string): Column[] {
  return notation
    .trim()
    .split(/\s+/)
    .map((text) => {
      const [, name, kind, size, padded, required] = /^(\w+):([A-Z])(\d+)(p?)(!?)$/.exec(text) ?? [];
      if (name === undefined) throw new SyntaxError(`not a column: ${text}`);
      return {
        name,
        column: columnName(name),
        kind: kind as ColumnKind,
        size: Number(size),
        isPadded: padded === 'p',
        isRequired: required === '!',
      };
    });
}

/** A column `tax_year` of the tool is in every table; one of the file has another name. */
const TAX_YEAR = 'tax_year';

/** `LongDescription` becomes `long_description`; `HCAD_ID` becomes `hcad_id`. */
export function columnName(name: string): string {
  const column = name.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
  return column === TAX_YEAR ? `file_${column}` : column;
}
