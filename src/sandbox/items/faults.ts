/** A fault of an answer. It affects one request unless `count` is set. */
export type ItemsFault = {
  /** Part of the path that a request must have; any request unless set. */
  path?: string;
  count?: number;
  /** How many matching requests pass first. */
  skip?: number;
} & (
  | { kind: 'status'; status: number; retryAfter?: string; headers?: Readonly<Record<string, string>> }
  /** The connection breaks before the answer. */
  | { kind: 'reset' }
  /** No answer until the client gives up or the sandbox closes. */
  | { kind: 'hang' }
  | { kind: 'delay'; ms: number }
  | { kind: 'redirect'; location: string }
  /** A login page with status 200. */
  | { kind: 'html' }
  /** An empty body with status 200. */
  | { kind: 'empty' }
  /** The connection breaks after this many bytes of the body. */
  | { kind: 'cut'; bytes: number }
  /** A complete answer whose body ends in the middle. */
  | { kind: 'half' }
  | { kind: 'slow'; bytesPerSecond: number }
  /** The answer has this content type. */
  | { kind: 'type'; type: string }
  /** Tokens issued so far are no longer valid. */
  | { kind: 'revoke' }
  /** The page is the first one again, and promises another. */
  | { kind: 'repeat-page' }
  /** The last page has a cursor too, and the page after it null instead of a list. */
  | { kind: 'keep-cursor' }
  | { kind: 'null-list' }
  | { kind: 'missing-list' }
);

type Kind = ItemsFault['kind'];

const KINDS: Readonly<Record<Kind, true>> = {
  status: true,
  reset: true,
  hang: true,
  delay: true,
  redirect: true,
  html: true,
  empty: true,
  cut: true,
  half: true,
  slow: true,
  type: true,
  revoke: true,
  'repeat-page': true,
  'keep-cursor': true,
  'null-list': true,
  'missing-list': true,
};

/** Whether a value from a client is a fault. */
export function isItemsFault(value: unknown): value is ItemsFault {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return typeof value.kind === 'string' && Object.hasOwn(KINDS, value.kind);
}

/** The faults of one request. */
export class TakenFaults {
  readonly #faults: readonly ItemsFault[];

  constructor(faults: readonly ItemsFault[]) {
    this.#faults = faults;
  }

  get<K extends Kind>(kind: K): (ItemsFault & { kind: K }) | undefined {
    return this.#faults.find((fault): fault is ItemsFault & { kind: K } => fault.kind === kind);
  }

  has(kind: Kind): boolean {
    return this.get(kind) !== undefined;
  }
}

/** The faults of the server of items. */
export class ItemsFaults {
  #armed: { readonly fault: ItemsFault; skip: number; count: number }[] = [];

  add(fault: ItemsFault): void {
    this.#armed.push({ fault, skip: fault.skip ?? 0, count: fault.count ?? 1 });
  }

  clear(): void {
    this.#armed = [];
  }

  /** Takes the faults of a request. */
  take(path: string): TakenFaults {
    const taken: ItemsFault[] = [];
    for (const armed of this.#armed) {
      if (!path.includes(armed.fault.path ?? '')) continue;
      if (armed.skip > 0) armed.skip -= 1;
      else {
        armed.count -= 1;
        taken.push(armed.fault);
      }
    }
    this.#armed = this.#armed.filter(({ count }) => count > 0);
    return new TakenFaults(taken);
  }
}
