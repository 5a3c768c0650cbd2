/** A column as information_schema describes it. */
export type ActualColumn = {
  /** `decimal(14,2)`; MariaDB and TiDB print a width for integers too: `int(11)`. */
  readonly type: string;
  readonly nullable: string;
  readonly extra: string;
  /** Null if the column is not text. */
  readonly collation: string | null;
};

/** In order of size, with the digits that each type needs. */
const INTEGER_DIGITS = { tinyint: 3, smallint: 5, mediumint: 8, int: 10, bigint: 19 };

/** Capacity in bytes. */
const TEXT_BYTES: Readonly<Record<string, number>> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  longtext: 4_294_967_295,
};

/** Character sets that hold every character. */
const FULL_CHARACTER_SETS = /^(?:utf8mb4|utf16|utf16le|utf32|gb18030)(?:_|$)/;

const GENERATED = /\b(?:virtual|stored|persistent)\b/i;

/**
 * Describes why a column holds less than its definition requires, or changes values; undefined if it holds everything.
 * @param definition from `sql/`: `DECIMAL(14,2) NULL`.
 */
export function describeLoss(definition: string, actual: ActualColumn): string | undefined {
  const isGenerated = GENERATED.test(actual.extra);
  if (isGeneratedDefinition(definition)) return isGenerated ? undefined : 'not generated';
  if (isGenerated) return 'generated';
  if (!holdsAll(parse(definition), parse(actual.type)) || /\bzerofill\b/i.test(actual.type))
    return actual.type;
  if (!holdsAllCharacters(definition, actual)) return `${actual.type} COLLATE ${actual.collation ?? ''}`;
  if (!definition.includes('NOT NULL') && actual.nullable === 'NO') return `${actual.type} NOT NULL`;
  if (/on update/i.test(actual.extra)) return `${actual.type} ${actual.extra}`;
  if (definition.includes('AUTO_INCREMENT') && !/auto_increment/i.test(actual.extra))
    return 'without AUTO_INCREMENT';
  return undefined;
}

export function isGeneratedDefinition(definition: string): boolean {
  return / AS \(/.test(definition);
}

type Type = { readonly name: string; readonly size: number; readonly scale: number };

function parse(text: string): Type {
  const [, name = '', size, scale] = /^(\w+)(?: ?\((\d+)(?:, ?(\d+))?\))?/.exec(text.toLowerCase()) ?? [];
  return { name, size: Number(size ?? 0), scale: Number(scale ?? 0) };
}

function holdsAll(made: Type, actual: Type): boolean {
  if (isInteger(made.name)) return holdsInteger(made.name, actual);
  if (made.name in TEXT_BYTES) return (TEXT_BYTES[actual.name] ?? 0) >= TEXT_BYTES[made.name]!;
  switch (made.name) {
    // MariaDB stores JSON as text.
    case 'json':
      return actual.name === 'json' || actual.name === 'longtext';
    // A CHAR loses trailing spaces.
    case 'varchar':
      return (
        (actual.name === 'varchar' && actual.size >= made.size) ||
        (TEXT_BYTES[actual.name] ?? 0) >= 4 * made.size
      );
    case 'char':
      return ['char', 'varchar'].includes(actual.name) ? actual.size >= made.size : actual.name in TEXT_BYTES;
    case 'decimal':
      return (
        actual.name === 'decimal' &&
        actual.scale >= made.scale &&
        actual.size - actual.scale >= made.size - made.scale
      );
    default:
      return actual.name === made.name && actual.size >= made.size;
  }
}

function isInteger(name: string): name is keyof typeof INTEGER_DIGITS {
  return Object.hasOwn(INTEGER_DIGITS, name);
}

function holdsInteger(made: keyof typeof INTEGER_DIGITS, { name, size, scale }: Type): boolean {
  if (name === 'decimal') return scale === 0 && size >= INTEGER_DIGITS[made];
  return isInteger(name) && INTEGER_DIGITS[name] >= INTEGER_DIGITS[made];
}

function holdsAllCharacters(definition: string, { collation }: ActualColumn): boolean {
  return (
    collation === null || definition.includes('CHARACTER SET ascii') || FULL_CHARACTER_SETS.test(collation)
  );
}
