import type { Dataset } from './dataset.ts';
import type { ChildrenRead, IncrementalRead } from './read-mode.ts';

/** Field that the source orders the dataset by. @throws Error for a dataset that has none: a programming mistake. */
export function cursorOf({ name, read }: Dataset): string {
  if ('cursor' in read) return read.cursor;
  throw new Error(`${name} has no cursor`);
}

/** Timestamp field that orders versions. @throws Error for a dataset without one: a programming mistake. */
export function versionOf({ name, version }: Dataset): string {
  if (version !== undefined) return version;
  throw new Error(`${name} has no version`);
}

/** How it belongs to another dataset; undefined if it does not. */
export function parentOf({ read }: Dataset): ChildrenRead | undefined {
  return read.kind === 'children' ? read : undefined;
}

export function photosOf({ read }: Dataset): IncrementalRead['photos'] {
  return read.kind === 'incremental' ? read.photos : undefined;
}

/** Fields to request; undefined: all that the source has. */
export function selectOf({ read }: Dataset): readonly string[] | undefined {
  return 'select' in read ? read.select : undefined;
}

/** Whether the source sends no time with its records, so that a record is as old as its parent was when it was requested. */
export function hasParentVersion({ read }: Dataset): boolean {
  return read.kind === 'children' && read.versionFrom === 'parent';
}

/** The dataset with these fields requested instead; undefined: all. */
export function withSelect(dataset: Dataset, select: readonly string[] | undefined): Dataset {
  const { read } = dataset;
  if (read.kind !== 'incremental' && read.kind !== 'children') return dataset;
  const { select: _, ...rest } = read;
  return { ...dataset, read: select === undefined ? rest : { ...rest, select } };
}
