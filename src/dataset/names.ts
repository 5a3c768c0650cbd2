/**
 * RESO field name ↔ column name: `PoolPrivateYN` ↔ `pool_private_yn`.
 *
 * Injective and reversible for every name. A natural column name belongs to exactly one field name: the one in
 * `IRREGULAR`, otherwise the one that `toPascal` returns. Every other name is escaped after the prefix `x__`, which no
 * natural column has, because natural columns have single underscores only.
 */

const UPPER = new Set(['yn', 'url', 'aor', 'html']);

/** Names in the RESO Data Dictionary 2.0 with irregular capitals. Each must have a distinct snake_case form. */
const IRREGULAR = [
  'ChangedByMemberID',
  'DOH1',
  'DOH2',
  'DOH3',
  'IDXOfficeParticipationYN',
  'MLSAreaMajor',
  'MLSAreaMinor',
  'MediaObjectID',
  'MemberAORkey',
  'MemberPhoneTTYTDD',
  'MemberPrimaryAorId',
  'OfficeAORkey',
  'OfficePrimaryAorId',
  'OriginatingSystemID',
  'RVParkingDimensions',
  'ResourceRecordID',
  'SerialXX',
  'ShowingAgentMlsID',
  'SourceSystemID',
] as const;

const irregular = new Map<string, string>(IRREGULAR.map((name) => [toSnake(name), name]));

/**
 * Returns the column of a field.
 * @throws RangeError if the column would exceed 64 characters, MySQL's limit for identifiers.
 */
export function columnOf(name: string): string {
  const natural = toSnake(name);
  const column = natural !== '' && nameOf(natural) === name ? natural : `x__${encodeName(name)}`;
  if (column.length > 64)
    throw new RangeError(`no column name for a field of ${name.length} characters: ${name}`);
  return column;
}

/** Returns the field of a column; the inverse of `columnOf`. */
export function nameOf(column: string): string {
  if (column.startsWith('x__')) return decodeName(column.slice(3));
  const known = irregular.get(column);
  if (known !== undefined) return known;
  return column.startsWith('x_') ? `X_${toPascal(column.slice(2))}` : toPascal(column);
}

function toSnake(name: string): string {
  const custom = name.startsWith('X_');
  const words = (custom ? name.slice(2) : name).match(/[A-Z]+(?![a-z])\d*|[A-Z][a-z]*\d*/g) ?? [];
  return [...(custom ? ['x'] : []), ...words.map((word) => word.toLowerCase())].join('_');
}

function toPascal(snake: string): string {
  return snake
    .split('_')
    .map((word) => (UPPER.has(word) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

/** A prefix code: lower case and digits unchanged, `_a` for A, `__` for _, `_0` and six hex digits for the rest. */
function encodeName(name: string): string {
  return Array.from(name)
    .map((char) => {
      if (/[a-z0-9]/.test(char)) return char;
      if (/[A-Z]/.test(char)) return `_${char.toLowerCase()}`;
      if (char === '_') return '__';
      return `_0${char.codePointAt(0)!.toString(16).padStart(6, '0')}`;
    })
    .join('');
}

function decodeName(code: string): string {
  return code.replace(/_(?:0([0-9a-f]{6})|([a-z_]))/g, (_, hex: string | undefined, char: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return char === '_' ? '_' : char.toUpperCase();
  });
}
