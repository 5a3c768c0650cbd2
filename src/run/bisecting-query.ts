import { BlockedError, QueryRefusedError } from '../errors.ts';

/** What a list of keys brought, and the keys that were refused even when asked for alone. */
export type BisectResult<T> = { readonly items: readonly T[]; readonly refused: readonly string[] };

/** Asks for a list of keys. Keeps in mind, from list to list, whether the feed answers such questions at all. */
export type BisectingQuery<T> = (keys: readonly string[]) => Promise<BisectResult<T>>;

type BisectOptions<T> = {
  /** All answers for these keys. */
  readonly ask: (keys: readonly string[]) => Promise<readonly T[]>;
  /** A key that is not suspected; undefined if there is none. */
  readonly witness: (suspects: readonly string[]) => Promise<string | undefined>;
  readonly onRefused: (key: string, error: Error) => void;
};

/**
 * A list of keys that is refused, by the feed or by something before it, is asked for again in halves, down to the key
 * that is refused. Only if another key is answered meanwhile is it that key's fault.
 * @returns a function that throws the refusal if no other key is answered either, and all other errors at once.
 */
export function createBisectingQuery<T>({ ask, witness, onRefused }: BisectOptions<T>): BisectingQuery<T> {
  /** Whether a question was answered since a key was refused. */
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
      const other = await witness(keys);
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
