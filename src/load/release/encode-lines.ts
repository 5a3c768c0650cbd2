/** Bytes that the escape character protects: itself, the separators, and NUL. */
// eslint-disable-next-line no-control-regex
const SPECIAL = /[\\\t\n\0]/g;

/**
 * Formats rows for LOAD DATA: fields end with a tab, lines with a line feed, NULL is `\N`, and a backslash escapes.
 * @param before the values of columns that come before those of the row, already formatted.
 */
export function encodeLines(
  rows: readonly (readonly (string | null)[])[],
  before: (nth: number) => string,
): string {
  let text = '';
  for (let nth = 0; nth < rows.length; nth += 1) {
    text += before(nth);
    for (const value of rows[nth]!) text += value === null ? '\t\\N' : `\t${escapeValue(value)}`;
    text += '\n';
  }
  return text;
}

function escapeValue(value: string): string {
  SPECIAL.lastIndex = 0;
  return SPECIAL.test(value) ? value.replaceAll(SPECIAL, escapeCharacter) : value;
}

function escapeCharacter(found: string): string {
  return found === '\0' ? '\\0' : `\\${found}`;
}
