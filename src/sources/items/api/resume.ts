import { DAY_MS } from '../../../lib/time.ts';
import type { Checkpoint } from '../../items.ts';
import type { PagePlace } from './pages/pager.ts';
import type { CursorProgressState } from './cursor-progress.ts';

/** A place in a read that has not ended. */
export type Position = {
  /** The page that is read next, as its pager identifies it. */
  readonly place: PagePlace;
  /** Pages before it, and their records. */
  readonly pages: number;
  readonly seen: number;
  /** The value of the checkpoint that the read began with. */
  readonly start: string | null;
  /** The parameter that limits the read; null: none. */
  readonly since: string | null;
  readonly progress: CursorProgressState;
};

/** Older positions are not used: cursors expire, and records have moved to other pages. */
const MAX_AGE_MS = DAY_MS;

/** Returns where an interrupted read resumes; undefined: a new read begins. */
export function findPosition(
  checkpoint: Checkpoint | undefined,
  now: number,
): { readonly position: Position; readonly began: number } | undefined {
  const { at, since: began = 0 } = checkpoint?.position ?? {};
  if (at === undefined || now - began > MAX_AGE_MS || !isPosition(at)) return undefined;
  return { position: at, began };
}

/** A checkpoint may be of another version. */
function isPosition(at: unknown): at is Position {
  if (typeof at !== 'object' || at === null) return false;
  const { place, pages, seen, start, since, progress } = at as Partial<Position>;
  return (
    (place === null || typeof place === 'string' || typeof place === 'number') &&
    typeof pages === 'number' &&
    typeof seen === 'number' &&
    (start === null || typeof start === 'string') &&
    (since === null || typeof since === 'string') &&
    typeof progress === 'object' &&
    progress !== null
  );
}
