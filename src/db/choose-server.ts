import { UnavailableError } from '../errors.ts';

/**
 * How a server is chosen. `write`: it must take writes. `read`: a server that takes no writes is used if no server takes writes.
 * `same`: the server that was chosen last, without a check, for a second connection beside the first.
 */
export type Use = 'read' | 'write' | 'same';

/** A server that can be chosen, with connections of type `C`. */
export type Candidate<C> = {
  readonly name: string;
  /** @throws UnavailableError if it cannot be reached. */
  connect(): Promise<C>;
  /**
   * Checks whether the server takes writes now, and shows all that was committed on the others.
   * @returns why it takes no writes; undefined if it does.
   * @throws UnavailableError if it can be used for nothing.
   */
  examine(connection: C): Promise<string | undefined>;
  drop(connection: C): void;
};

export type ServerChooser<C> = {
  /**
   * Connects to the server that was chosen last, or to the next one that can be used.
   * @throws UnavailableError with each server and its reason.
   */
  take(use: Use): Promise<{ readonly connection: C; readonly server: string }>;
  /** Call it when a statement failed because the server is unavailable: the next connection examines it again. */
  distrust(): void;
};

/** Chooses among servers: the first one that takes writes, for as long as it does. */
export function createServerChooser<C>(candidates: readonly Candidate<C>[]): ServerChooser<C> {
  const [only, ...others] = candidates;
  if (only === undefined) throw new TypeError('there is no server to choose');
  if (others.length === 0) return useOnly(only);
  let current = only;
  let isTrusted = false;
  const take: ServerChooser<C>['take'] = async (use) => {
    if (use === 'same') return { connection: await current.connect(), server: current.name };
    const failures: Failure[] = [];
    let forReads: { readonly candidate: Candidate<C>; readonly connection: C } | undefined;
    for (const each of [current, ...candidates.filter((other) => other !== current)]) {
      const isKnown = use === 'read' && isTrusted && each === current;
      const found = await attempt(each, isKnown ? trust : each.examine);
      if (!('connection' in found)) failures.push(found);
      else if (found.refusal === undefined) {
        forReads?.candidate.drop(forReads.connection);
        [current, isTrusted] = [each, true];
        return { connection: found.connection, server: each.name };
      } else {
        failures.push({ server: each.name, reason: found.refusal });
        if (use === 'read' && forReads === undefined)
          forReads = { candidate: each, connection: found.connection };
        else each.drop(found.connection);
      }
    }
    isTrusted = false;
    if (forReads !== undefined) return { connection: forReads.connection, server: forReads.candidate.name };
    throw createNoServerError(use, failures);
  };
  return { take, distrust: () => void (isTrusted = false) };
}

/** Uses the only server, even if it reports that it is read only. Throws that server's own errors. */
function useOnly<C>(only: Candidate<C>): ServerChooser<C> {
  return {
    take: async (use) => {
      const connection = await only.connect();
      if (use === 'write') await dropOnError(only, connection, only.examine);
      return { connection, server: only.name };
    },
    distrust: () => undefined,
  };
}

type Failure = { readonly server: string; readonly reason: string; readonly cause?: unknown };

async function attempt<C>(
  candidate: Candidate<C>,
  examine: Candidate<C>['examine'],
): Promise<{ readonly connection: C; readonly refusal: string | undefined } | Failure> {
  try {
    const connection = await candidate.connect();
    return { connection, refusal: await dropOnError(candidate, connection, examine) };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return { server: candidate.name, reason: error.message, cause: error };
  }
}

async function dropOnError<C>(
  candidate: Candidate<C>,
  connection: C,
  examine: Candidate<C>['examine'],
): Promise<string | undefined> {
  try {
    return await examine(connection);
  } catch (error) {
    candidate.drop(connection);
    throw error;
  }
}

const trust = (): Promise<undefined> => Promise.resolve(undefined);

const NO_SERVER: Readonly<Record<Exclude<Use, 'same'>, string>> = {
  read: 'no server of MYSQL_HOST can be read: ',
  write: 'no server of MYSQL_HOST takes writes: ',
};

function createNoServerError(use: keyof typeof NO_SERVER, failures: readonly Failure[]): UnavailableError {
  const list = failures.map(({ server, reason }) => `${server}: ${reason}`).join('; ');
  return new UnavailableError(`${NO_SERVER[use]}${list}`, {
    op: 'connect',
    cause: failures.find(({ cause }) => cause !== undefined)?.cause,
    hint: 'trestle-etl doctor shows the state of each',
  });
}
