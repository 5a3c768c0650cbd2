import type { LayoutColumn } from '../layouts/layout.ts';
import { dateConverter } from './convert-date.ts';
import { integerConverter, numberConverter, yearConverter } from './convert-number.ts';

const BLANK = 0x20;

/**
 * Converts the part of a text from `start` to `end` to a value of a column, as MySQL takes it. Null for a blank;
 * undefined for what the column cannot hold.
 */
export type Converter = (text: string, start: number, end: number) => string | null | undefined;

/** @param isFixed fields of fixed lines are padded on the left too. */
export function createConverter(column: LayoutColumn, isFixed: boolean): Converter {
  const convert = converterForKind(column, isFixed);
  if (column.nulls.length === 0) return convert;
  const nulls = new Set(column.nulls);
  return (text, start, end) => (nulls.has(text.slice(start, end).trim()) ? null : convert(text, start, end));
}

function converterForKind(column: LayoutColumn, isFixed: boolean): Converter {
  switch (column.kind) {
    case 'integer':
    case 'money':
      return trimmed(integerConverter);
    case 'number':
      return trimmed(numberConverter(column.decimals));
    case 'year':
      return trimmed(yearConverter);
    case 'date':
      return trimmed(dateConverter(column.dates));
    case 'flag':
      if (column.letters !== undefined) return trimmed(letterConverter(column.letters));
      return isFixed ? trimmed(sliceOf) : rightTrimmed;
    case 'account':
    case 'code':
    case 'text':
      return isFixed ? trimmed(sliceOf) : rightTrimmed;
  }
}

/** A blank on the left is part of a text. */
function rightTrimmed(text: string, start: number, end: number): string | null {
  let last = end;
  while (last > start && text.charCodeAt(last - 1) === BLANK) last -= 1;
  return last === start ? null : text.slice(start, last);
}

/** Calls a converter without the blanks at both ends, unless nothing is left. */
function trimmed(convert: Converter): Converter {
  return (text, start, end) => {
    let first = start;
    let last = end;
    while (last > first && text.charCodeAt(last - 1) === BLANK) last -= 1;
    while (first < last && text.charCodeAt(first) === BLANK) first += 1;
    return first === last ? null : convert(text, first, last);
  };
}

function sliceOf(text: string, start: number, end: number): string {
  return text.slice(start, end);
}

function letterConverter({ yes, no }: NonNullable<LayoutColumn['letters']>): Converter {
  const values = new Map([...yes.map((letter) => [letter, '1']), ...no.map((letter) => [letter, '0'])] as [
    string,
    string,
  ][]);
  return (text, start, end) => values.get(text.slice(start, end));
}
