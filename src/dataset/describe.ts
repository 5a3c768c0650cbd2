import type { Field, FieldType, Dataset } from './dataset.ts';
import { columnOf } from './names.ts';

/**
 * MariaDB stores shorter VARCHARs inside the page and then refuses a table with more than about thirty of them, regardless
 * of content.
 */
const MIN_VARCHAR_LENGTH = 64;

export const key: FieldType = { kind: 'key' };
/** Comma-joined enums, URLs: up to 65,535 bytes. */
export const text: FieldType = { kind: 'text' };
/** Remarks: up to 16 MB. */
export const longtext: FieldType = { kind: 'longtext' };
export const integer: FieldType = { kind: 'integer' };
export const boolean: FieldType = { kind: 'boolean' };
export const date: FieldType = { kind: 'date' };
export const timestamp: FieldType = { kind: 'timestamp' };

/** @param length characters, as the Data Dictionary or Trestle's metadata declares them. */
export function string(length: number): FieldType {
  return { kind: 'string', length: Math.max(length, MIN_VARCHAR_LENGTH) };
}

export function decimal(precision: number, scale: number): FieldType {
  return { kind: 'decimal', precision, scale };
}

/** Single-value enum: Trestle sends the lookup's name; the longest name in RESO's lists has 70 characters. */
export const lookup: FieldType = { kind: 'string', length: 100 };

type Description = Omit<Dataset, 'fields'> & { readonly fields: Readonly<Record<string, FieldType>> };

/** Completes the description of a dataset with column names. */
export function defineDataset(description: Description): Dataset {
  const fields: Field[] = Object.entries(description.fields).map(([name, type]) => ({
    name,
    column: columnOf(name),
    type,
  }));
  return Object.freeze({ ...description, fields: Object.freeze(fields) });
}
