import { createDateParser } from '../map/date.ts';

/** Formats in the order in which they are tried; undefined: ISO 8601 or RFC 822. */
const FORMATS: readonly (string | undefined)[] = [
  undefined,
  'MM/dd/yyyy',
  'dd/MM/yyyy',
  'MM/dd/yyyy HH:mm',
  'MM/dd/yyyy HH:mm:ss',
  'MM/dd/yyyy h:mm a',
  'dd.MM.yyyy',
  'dd.MM.yyyy HH:mm',
  'yyyy/MM/dd',
  'yyyyMMdd',
];

export type DateGuess = {
  readonly format: string | undefined;
  /** Whether days and months could be exchanged. */
  readonly isDoubtful: boolean;
  /** Whether the values have no zone. */
  readonly isLocal: boolean;
};

/** Finds the format that all values have; undefined if there is none. */
export function guessDate(values: readonly string[]): DateGuess | undefined {
  if (values.length === 0) return undefined;
  const fits = (format: string | undefined): boolean => {
    const parse = createDateParser(format, 'UTC');
    return values.every((value) => parse(value.trim()) !== undefined);
  };
  const unix = guessUnix(values);
  if (unix !== undefined) return { format: unix, isDoubtful: false, isLocal: false };
  const format = FORMATS.find(fits);
  if (format === undefined && !fits(undefined)) return undefined;
  return {
    format,
    isDoubtful: format === 'MM/dd/yyyy' && fits('dd/MM/yyyy'),
    isLocal: !values.every((value) => /(?:Z|[+-]\d\d:?\d\d|[A-Z]{3})$/i.test(value.trim())),
  };
}

/** Seconds and milliseconds of the years 2001 to 2286. */
function guessUnix(values: readonly string[]): string | undefined {
  if (values.every((value) => /^[1-9]\d{9}$/.test(value))) return 'unix';
  return values.every((value) => /^[1-9]\d{12}$/.test(value)) ? 'unix_ms' : undefined;
}
