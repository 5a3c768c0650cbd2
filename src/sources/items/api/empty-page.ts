import { ConfigError, FatalError } from '../../../errors.ts';
import type { RemainingRecords } from './pages/remaining.ts';
import type { ApiEntry } from './settings.ts';

/** What the end of a read is worth. */
export type ReadEnding = {
  /** Whether the read may have every record of the list. */
  readonly isWhole: boolean;
  /** Whether the checkpoint must not move: there may be records that were not read. */
  readonly isHeld: boolean;
  readonly warnings: readonly string[];
};

export type EmptyPage = {
  readonly number: number;
  readonly value: unknown;
  /** Whether it has no list at all. */
  readonly isMissing: boolean;
  /** Names in the body of the first page; undefined: this read did not have it. */
  readonly names: readonly string[] | undefined;
  /** Records of the pages before it. */
  readonly seen: number;
  readonly remaining: RemainingRecords;
};

export const COMPLETE: ReadEnding = { isWhole: true, isHeld: false, warnings: [] };

/**
 * Evaluates a page without records: it may be the last one, or a failure that has the status 200.
 * @throws ConfigError if it is the first one and has no list; FatalError if the page before led to it, and its body has nothing
 *   of the first page.
 */
export function evaluateEmptyPage(
  id: string,
  { page: pager, deletes, records }: Pick<ApiEntry, 'page' | 'deletes' | 'records'>,
  page: EmptyPage,
): ReadEnding {
  const { number, isMissing, seen, remaining } = page;
  const { hasMore, total } = remaining;
  if (isMissing && number === 1) throw noListError(id, records, page.value);
  if (isMissing && number > 1 && isForeign(page)) {
    const text = `page ${number} has no list of records`;
    if (page.names !== undefined && isPromised(pager)) throw createFailure(id, text);
    return holdCheckpoint(`${text}: the checkpoint stays, and nothing is deleted`);
  }
  if (total !== undefined && seen < total)
    return holdCheckpoint(
      `page ${number} is empty after ${seen} of ${total} records: the checkpoint stays, and nothing is deleted`,
    );
  if (hasMore === true)
    return holdCheckpoint(
      `page ${number} is empty, but the server reports more records: the checkpoint stays, and nothing is deleted`,
    );
  if (!isMissing) return COMPLETE;
  const warnings = deletes === 'absent' ? [`page ${number} has no list of records: nothing is deleted`] : [];
  return { isWhole: false, isHeld: false, warnings };
}

function holdCheckpoint(text: string): ReadEnding {
  return { isWhole: false, isHeld: true, warnings: [text] };
}

/** Names at the top of a body. */
export function namesOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** Whether a body has something, but nothing that the first page had. */
function isForeign({ value, names }: EmptyPage): boolean {
  const own = namesOf(value);
  return own.length > 0 && !own.some((name) => names?.includes(name));
}

/** A number or an offset is tried; the others are in the page before. */
function isPromised(pager: ApiEntry['page']): boolean {
  return pager !== undefined && !('number' in pager) && !('offset' in pager);
}

const MAX_NAMES = 20;

function noListError(id: string, records: string | undefined, value: unknown): ConfigError {
  const place = records === undefined ? '' : ` at ${records}`;
  return new ConfigError(`${id}: the answer has no list of records${place}: ${describeAnswer(value)}`, {
    op: 'read',
    hint: `${Array.isArray(value) ? 'remove' : 'set'} records of ${id} in sources.yaml; if the server leaves out an empty list: records: "${records ?? 'items'} || \`[]\`"`,
  });
}

function describeAnswer(value: unknown): string {
  if (Array.isArray(value)) return 'it is the list itself';
  const names = namesOf(value);
  return names.length === 0 ? 'it is empty' : `its keys are ${names.slice(0, MAX_NAMES).join(', ')}`;
}

function createFailure(id: string, text: string): FatalError {
  return new FatalError(`${id}: ${text}, and nothing else that the first page has`, {
    op: 'read',
    hint: 'the server may have sent an error with status 200: the next run tries again',
  });
}
