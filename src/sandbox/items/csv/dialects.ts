/** How a CSV file is written. */
export type Dialect = {
  readonly delimiter: ',' | ';' | '\t' | '|';
  readonly end: '\r\n' | '\n' | '\r' | 'mixed';
  readonly encoding: 'utf-8' | 'windows-1252' | 'utf-16le' | 'utf-16be';
  /** Whether the file starts with a byte order mark. */
  readonly hasMark: boolean;
  /** `1.250,00` instead of `1,250.00`. */
  readonly hasDecimalComma: boolean;
  /** Lines before the header. */
  readonly before: readonly string[];
  /** What is wrong with the file. */
  readonly damage:
    | 'ragged'
    | 'broken-quotes'
    | 'duplicate-header'
    | 'nul'
    | 'no-last-end'
    | 'no-rows'
    | 'html'
    | undefined;
};

const PLAIN: Dialect = {
  delimiter: ',',
  end: '\r\n',
  encoding: 'utf-8',
  hasMark: false,
  hasDecimalComma: false,
  before: [],
  damage: undefined,
};

/** The dialects by name: a folder of the address, and a part of the name on disk. */
export const DIALECTS: Readonly<Record<string, Dialect>> = {
  plain: PLAIN,
  bom: { ...PLAIN, hasMark: true },
  'windows-1252': { ...PLAIN, encoding: 'windows-1252' },
  'utf-16': { ...PLAIN, encoding: 'utf-16le', hasMark: true },
  'utf-16-be': { ...PLAIN, encoding: 'utf-16be', hasMark: true },
  semicolon: { ...PLAIN, delimiter: ';', hasDecimalComma: true },
  tab: { ...PLAIN, delimiter: '\t' },
  pipe: { ...PLAIN, delimiter: '|', end: '\n' },
  cr: { ...PLAIN, end: '\r' },
  'mixed-ends': { ...PLAIN, end: 'mixed' },
  'title-lines': { ...PLAIN, before: ['Roster of agents', 'For members only; do not share'] },
  ragged: { ...PLAIN, damage: 'ragged' },
  'broken-quotes': { ...PLAIN, damage: 'broken-quotes' },
  'duplicate-header': { ...PLAIN, damage: 'duplicate-header' },
  nul: { ...PLAIN, damage: 'nul' },
  'no-last-end': { ...PLAIN, damage: 'no-last-end' },
  'no-rows': { ...PLAIN, damage: 'no-rows' },
  html: { ...PLAIN, damage: 'html' },
};
