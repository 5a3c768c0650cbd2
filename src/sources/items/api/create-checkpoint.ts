import type { Checkpoint } from '../../items.ts';
import type { AnswerState } from '../requester.ts';
import type { ListRead } from './start-read.ts';
import { identifyAddress } from './list.ts';
import type { CursorProgressState } from './cursor-progress.ts';

const NO_PROGRESS: CursorProgressState = { max: null, last: null, isUnsorted: false };

/** The checkpoint within a read: the page that is read next. */
export function createPageCheckpoint(read: ListRead, state: CursorProgressState = NO_PROGRESS): Checkpoint {
  const { kind, start, since, progress, began, place, pages, seen, validators } = read;
  return {
    kind,
    value: progress?.current() ?? start,
    position: { at: { place, pages, seen, start, since, progress: state }, since: began },
    validators,
  };
}

/** The checkpoint after a read that may have left records out: the next one begins again. */
export function createHeldCheckpoint({ kind, progress, start, validators }: ListRead): Checkpoint {
  return { kind, value: progress?.current() ?? start, position: null, validators };
}

/** The checkpoint of a complete read. @param isOnly whether the page is all that there is: then its state is that of the list. */
export function createEndCheckpoint(
  { kind, progress }: ListRead,
  isOnly: boolean,
  url: URL,
  state: AnswerState,
): Checkpoint {
  const isKnown = isOnly && Object.keys(state).length > 0;
  return {
    kind,
    value: progress?.final() ?? null,
    position: null,
    validators: isKnown ? { [identifyAddress(url)]: state } : {},
  };
}
