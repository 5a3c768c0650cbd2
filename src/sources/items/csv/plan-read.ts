import type { ItemReadOptions } from '../../items.ts';
import type { Candidate } from './candidate.ts';

export type FilesPlan = {
  /** Every file is read from its beginning. */
  readonly readsAll: boolean;
  /** A file is read although its hash is stored. */
  readonly readsUnchanged: boolean;
  reads(file: Candidate): boolean;
  /** Records of a file that an interrupted read stored, if it still is the same file. */
  recordsToSkip(name: string, sha256: string): number;
};

/**
 * Decides what is read. Absent items can only be found by reading all files in one go, so with `deletes: absent` a change of
 * one file, a file less, or an interrupted read means that all are read again.
 */
export function planRead(
  files: readonly Candidate[],
  { checkpoint, always }: ItemReadOptions,
  deletes: 'never' | 'absent',
): FilesPlan {
  const stored = Object.keys(checkpoint?.validators ?? {});
  const names = new Set(files.map(({ name }) => name));
  const position = checkpoint?.position ?? null;
  const isDifferent =
    files.some(({ isChanged }) => isChanged) || position !== null || stored.some((name) => !names.has(name));
  const readsUnchanged = always || (deletes === 'absent' && isDifferent);
  const at = deletes === 'absent' ? undefined : toPlace(position?.at);
  return {
    readsAll: readsUnchanged || files.every(({ isChanged }) => isChanged),
    readsUnchanged,
    reads: ({ isChanged }) => readsUnchanged || isChanged,
    recordsToSkip: (name, sha256) => (at?.file === name && at.sha256 === sha256 ? at.record : 0),
  };
}

type FilePlace = { readonly file: string; readonly sha256: string; readonly record: number };

function toPlace(value: unknown): FilePlace | undefined {
  const place = value as Partial<FilePlace> | null | undefined;
  return typeof place === 'object' && place !== null && Number.isSafeInteger(place.record)
    ? (place as FilePlace)
    : undefined;
}
