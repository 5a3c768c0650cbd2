/** A column as information_schema describes it. */
export type ColumnHere = {
  /** `decimal(14,2)`; MariaDB and TiDB print a width for integers too: `int(11)`. */
  readonly type: string;
  readonly nullable: string;
  readonly extra: string;
  /** Null for what is no text. */
  readonly collation: string | null;
};

/** In the order of their size, with the digits that each needs. */
const INTEGERS = { tinyint: 3, smallint: 5, mediumint: 8, int: 10, bigint: 19 };

/** Bytes. */
const TEXTS: Readonly<Record<string, number>> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  longtext: 4_294_967_295,
};

/** Character sets that hold every character. */
const WHOLE = /^(?:utf8mb4|utf16|utf16le|utf32|gb18030)(?:_|$)/;

const GENERATED = /\b(?:virtual|stored|persistent)\b/i;

/**
 * Why a column holds less than it was made for, or changes it; undefined if it holds everything.
 * @param definition from `sql/`: `DECIMAL(14,2) NULL`.
 */
export function whyLess(definition: string, here: ColumnHere): string | undefined {
  const isGenerated = GENERATED.test(here.extra);
  if (isGeneratedBy(definition)) return isGenerated ? undefined : 'not generated';
  if (isGenerated) return 'generated';
  if (!holdsAll(parse(definition), parse(here.type)) || /\bzerofill\b/i.test(here.type)) return here.type;
  if (!hasCharacters(definition, here)) return `${here.type} COLLATE ${here.collation ?? ''}`;
  if (!definition.includes('NOT NULL') && here.nullable === 'NO') return `${here.type} NOT NULL`;
  if (/on update/i.test(here.extra)) return `${here.type} ${here.extra}`;
  if (definition.includes('AUTO_INCREMENT') && !/auto_increment/i.test(here.extra))
    return 'without AUTO_INCREMENT';
  return undefined;
}

export function isGeneratedBy(definition: string): boolean {
  return / AS \(/.test(definition);
}

type Type = { readonly name: string; readonly size: number; readonly scale: number };

function parse(text: string): Type {
  const [, name = '', size, scale] = /^(\w+)(?: ?\((\d+)(?:, ?(\d+))?\))?/.exec(text.toLowerCase()) ?? [];
  return { name, size: Number(size ?? 0), scale: Number(scale ?? 0) };
}

function holdsAll(made: Type, here: Type): boolean {
  if (isInteger(made.name)) return holdsInteger(made.name, here);
  if (made.name in TEXTS) return (TEXTS[here.name] ?? 0) >= TEXTS[made.name]!;
  switch (made.name) {
    // A CHAR loses spaces at its end.
    case 'varchar':
      return (here.name === 'varchar' && here.size >= made.size) || (TEXTS[here.name] ?? 0) >= 4 * made.size;
    case 'char':
      return ['char', 'varchar'].includes(here.name) ? here.size >= made.size : here.name in TEXTS;
    case 'decimal':
      return (
        here.name === 'decimal' &&
        here.scale >= made.scale &&
        here.size - here.scale >= made.size - made.scale
      );
    default:
      return here.name === made.name && here.size >= made.size;
  }
}

function isInteger(name: string): name is keyof typeof INTEGERS {
  return Object.hasOwn(INTEGERS, name);
}

function holdsInteger(made: keyof typeof INTEGERS, { name, size, scale }: Type): boolean {
  if (name === 'decimal') return scale === 0 && size >= INTEGERS[made];
  return isInteger(name) && INTEGERS[name] >= INTEGERS[made];
}

function hasCharacters(definition: string, { collation }: ColumnHere): boolean {
  return collation === null || definition.includes('CHARACTER SET ascii') || WHOLE.test(collation);
}
