import type { Checkpoint, Json } from '../../items.ts';
import type { Look } from './settle.ts';

/** A file that a read may have to read. */
export type Candidate = {
  /** Its name in `Checkpoint.validators`. */
  readonly name: string;
  /** For messages. */
  readonly title: string;
  readonly path: string;
  /** Undefined for a download, which is complete. */
  readonly look: Look | undefined;
  /** What shows that it is unchanged without reading it; stored with its hash. */
  readonly state: { readonly [name: string]: Json };
  /** The state differs from the stored one. */
  readonly isChanged: boolean;
  readonly storedHash: string | undefined;
};

/** What there is to read. */
export type Candidates = {
  readonly files: readonly Candidate[];
  /** Why there is no file; `gone`: there will be none again. */
  readonly absence: { readonly outcome: 'waiting' | 'gone'; readonly reason: string } | undefined;
  /** Removes what was only there for this read. */
  discard(): void;
};

/** The state that the checkpoint has of a file. */
export function storedStateOf(
  checkpoint: Checkpoint | undefined,
  name: string,
): Readonly<Record<string, unknown>> | undefined {
  const { validators = {} } = checkpoint ?? {};
  const stored = Object.hasOwn(validators, name) ? validators[name] : undefined;
  return typeof stored === 'object' && stored !== null
    ? (stored as Readonly<Record<string, unknown>>)
    : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
