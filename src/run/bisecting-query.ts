import { BlockedError, QueryRefusedError } from '../errors.ts';

/** The answers for a list of keys, and the keys that were refused even when requested alone. */
export type BisectResult<T> = { readonly items: readonly T[]; readonly refused: readonly string[] };

/** Queries a list of keys. It remembers between calls whether the feed answers such queries at all. */
export type BisectingQuery<T> = (keys: readonly string[]) => Promise<BisectResult<T>>;

type BisectOptions<T> = {
  /** Requests these keys. */
  readonly ask: (keys: readonly string[]) => Promise<readonly T[]>;
  /** Finds a key outside of `suspects`; undefined if there is none. */
  readonly knownKey: (suspects: readonly string[]) => Promise<string | undefined>;
  readonly onRefused: (key: string, error: Error) => void;
};

/**
 * If the feed, or a proxy in front of it, refuses a list of keys, the list is queried again in halves, down to the key at
 * fault. A key is at fault only if the feed answers another key in the meantime.
 * @returns a function that throws the refusal if no other key is answered either. It throws other errors immediately.
 */
export function createBisectingQuery<T>({ ask, knownKey, onRefused }: BisectOptions<T>): BisectingQuery<T> {
  /** Whether a query was answered since a key was refused. */
  let isAnswered = false;
  const tryQuery = async (keys: readonly string[]): Promise<readonly T[] | Error> => {
    try {
      const items = await ask(keys);
      isAnswered = true;
      return items;
    } catch (error) {
      if (isRefusal(error)) return error;
      throw error;
    }
  };
  const bisect: BisectingQuery<T> = async (keys) => {
    const answer = await tryQuery(keys);
    if (!(answer instanceof Error)) return { items: answer, refused: [] };
    if (keys.length > 1) {
      const middle = Math.ceil(keys.length / 2);
      const first = await bisect(keys.slice(0, middle));
      const second = await bisect(keys.slice(middle));
      return {
        items: [...first.items, ...second.items],
        refused: [...first.refused, ...second.refused],
      };
    }
    if (!isAnswered) {
      const other = await knownKey(keys);
      if (other === undefined || (await tryQuery([other])) instanceof Error) throw answer;
    }
    isAnswered = false;
    onRefused(keys[0]!, answer);
    return { items: [], refused: keys };
  };
  return bisect;
}

function isRefusal(error: unknown): error is Error {
  return error instanceof QueryRefusedError || error instanceof BlockedError;
}
