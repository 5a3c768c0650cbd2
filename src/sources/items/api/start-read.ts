import type { Clock } from '../../../model/clock.ts';
import type { Checkpoint, CheckpointKind, Mapper } from '../../items.ts';
import type { List } from './list.ts';
import { createLoopGuard, type LoopGuard } from './loop-guard.ts';
import type { PagePlace } from './pages/pager.ts';
import { createCursorProgress, type CursorProgress } from './cursor-progress.ts';
import type { FoundRecords } from './records.ts';
import { findPosition, type Position } from './resume.ts';
import type { ApiEntry } from './settings.ts';
import { findSince } from './since.ts';

export type ReadTools = {
  readonly id: string;
  readonly entry: ApiEntry;
  readonly list: List;
  readonly findRecords: (value: unknown) => FoundRecords;
  readonly mapper: Mapper;
  readonly clock: Clock;
  readonly maxRecords: number;
};

/** A read in progress. */
export type ListRead = {
  readonly guard: LoopGuard;
  /** Undefined without `since`. */
  readonly progress: CursorProgress | undefined;
  readonly kind: CheckpointKind;
  /** The value of the checkpoint that the read started with. */
  readonly start: string | null;
  readonly since: string | null;
  readonly began: number;
  readonly isResumed: boolean;
  readonly validators: Checkpoint['validators'];
  place: PagePlace;
  /** Pages before `place`, and their records. */
  pages: number;
  seen: number;
  /** Names in the body of the first page; undefined: another run read it. */
  names: readonly string[] | undefined;
  /** Records of the whole list, if a page reported it. */
  total: number | undefined;
  batches: number;
  /** Warnings for the next batch. */
  warnings: readonly string[];
};

/** Starts a read, or resumes an interrupted one. */
export function startRead(
  { id, entry, list, clock }: ReadTools,
  checkpoint: Checkpoint | undefined,
): ListRead {
  const { since: settings } = entry;
  const now = clock.now();
  const resumed = findPosition(checkpoint, now);
  const start = findStart(settings, checkpoint, resumed?.position);
  const { place = list.pager.first, pages = 0, seen = 0, progress } = resumed?.position ?? {};
  return {
    guard: createLoopGuard(id, pages),
    progress: settings && createCursorProgress(settings, start, progress, now),
    kind: settings === undefined ? 'page' : settings.format === 'id' ? 'id' : 'timestamp',
    start,
    since: resumed === undefined ? findSinceParameter(settings, start) : resumed.position.since,
    began: resumed?.began ?? now,
    isResumed: resumed !== undefined,
    validators: checkpoint?.validators ?? {},
    place,
    pages,
    seen,
    names: undefined,
    total: undefined,
    batches: 0,
    warnings: [],
  };
}

/** @returns the value of the checkpoint before the read, also if an interrupted read has moved it. */
function findStart(
  settings: ApiEntry['since'],
  checkpoint: Checkpoint | undefined,
  position: Position | undefined,
): string | null {
  if (settings === undefined) return null;
  return position === undefined ? (checkpoint?.value ?? null) : position.start;
}

function findSinceParameter(settings: ApiEntry['since'], start: string | null): string | null {
  return settings === undefined ? null : (findSince(settings, start) ?? null);
}
