import type { Dataset } from './dataset.ts';
import type { ChildrenRead, IncrementalRead } from './read-mode.ts';

/** Field that the source orders the dataset by. @throws Error if there is none, which is a bug. */
export function cursorField({ name, read }: Dataset): string {
  if ('cursor' in read) return read.cursor;
  throw new Error(`${name} has no cursor`);
}

/** Timestamp field that orders versions. @throws Error if there is none, which is a bug. */
export function versionField({ name, version }: Dataset): string {
  if (version !== undefined) return version;
  throw new Error(`${name} has no version`);
}

/** The link to the parent dataset; undefined if there is none. */
export function parentLink({ read }: Dataset): ChildrenRead | undefined {
  return read.kind === 'children' ? read : undefined;
}

/** The cursor and version fields that the dataset has. */
export function timeFields({ version, read }: Dataset): string[] {
  return [...('cursor' in read ? [read.cursor] : []), ...(version === undefined ? [] : [version])];
}

/** The field that holds the parent's key; empty if there is no parent. */
export function parentFields({ read }: Dataset): string[] {
  return read.kind === 'children' ? [read.field] : [];
}

export function photoFields({ read }: Dataset): IncrementalRead['photos'] {
  return read.kind === 'incremental' ? read.photos : undefined;
}

/** Fields to request; undefined for all fields of the source. */
export function selectOf({ read }: Pick<Dataset, 'read'>): readonly string[] | undefined {
  return 'select' in read ? read.select : undefined;
}

/** Returns the dataset without photo tracking. */
export function withoutPhotos(dataset: Dataset): Dataset {
  if (dataset.read.kind !== 'incremental') return dataset;
  const { photos: _, ...read } = dataset.read;
  return { ...dataset, read };
}

/** Whether records have no timestamp upstream and take the version that their parent had at request time. */
export function hasParentVersion({ read }: Pick<Dataset, 'read'>): boolean {
  return read.kind === 'children' && read.versionFrom === 'parent';
}

/** Returns the dataset ordered by another timestamp field; unchanged if it has no cursor. */
export function withCursor(dataset: Dataset, cursor: string): Dataset {
  return 'cursor' in dataset.read ? { ...dataset, read: { ...dataset.read, cursor } } : dataset;
}

/** Returns the dataset with these fields to request; undefined for all. */
export function withSelect(dataset: Dataset, select: readonly string[] | undefined): Dataset {
  const { read } = dataset;
  if (read.kind !== 'incremental' && read.kind !== 'children') return dataset;
  const { select: _, ...rest } = read;
  return { ...dataset, read: select === undefined ? rest : { ...rest, select } };
}
