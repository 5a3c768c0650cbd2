import type { Dataset } from './dataset.ts';
import type { ChildrenRead, IncrementalRead } from './read-mode.ts';

/** Field that the source orders the dataset by. @throws Error for a dataset that has none: a programming mistake. */
export function cursorField({ name, read }: Dataset): string {
  if ('cursor' in read) return read.cursor;
  throw new Error(`${name} has no cursor`);
}

/** Timestamp field that orders versions. @throws Error for a dataset without one: a programming mistake. */
export function versionField({ name, version }: Dataset): string {
  if (version !== undefined) return version;
  throw new Error(`${name} has no version`);
}

/** How it belongs to another dataset; undefined if it does not. */
export function parentLink({ read }: Dataset): ChildrenRead | undefined {
  return read.kind === 'children' ? read : undefined;
}

/** Fields that order the dataset and its versions, as far as it has them. */
export function timeFields({ version, read }: Dataset): string[] {
  return [...('cursor' in read ? [read.cursor] : []), ...(version === undefined ? [] : [version])];
}

/** The field that holds the parent's key; none without a parent. */
export function parentFields({ read }: Dataset): string[] {
  return read.kind === 'children' ? [read.field] : [];
}

export function photoFields({ read }: Dataset): IncrementalRead['photos'] {
  return read.kind === 'incremental' ? read.photos : undefined;
}

/** Fields to request; undefined: all that the source has. */
export function selectOf({ read }: Pick<Dataset, 'read'>): readonly string[] | undefined {
  return 'select' in read ? read.select : undefined;
}

/** The dataset without the fields by which photos are followed. */
export function withoutPhotos(dataset: Dataset): Dataset {
  if (dataset.read.kind !== 'incremental') return dataset;
  const { photos: _, ...read } = dataset.read;
  return { ...dataset, read };
}

/** Whether the source sends no time with its records, so that a record is as old as its parent was when it was requested. */
export function hasParentVersion({ read }: Pick<Dataset, 'read'>): boolean {
  return read.kind === 'children' && read.versionFrom === 'parent';
}

/** The dataset ordered by another timestamp field; unchanged if it has no cursor. */
export function withCursor(dataset: Dataset, cursor: string): Dataset {
  return 'cursor' in dataset.read ? { ...dataset, read: { ...dataset.read, cursor } } : dataset;
}

/** The dataset with these fields requested instead; undefined: all. */
export function withSelect(dataset: Dataset, select: readonly string[] | undefined): Dataset {
  const { read } = dataset;
  if (read.kind !== 'incremental' && read.kind !== 'children') return dataset;
  const { select: _, ...rest } = read;
  return { ...dataset, read: select === undefined ? rest : { ...rest, select } };
}
