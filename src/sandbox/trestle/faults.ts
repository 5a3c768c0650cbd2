type CommonFields = {
  /** How many matching requests it strikes; 1 unless told. */
  count?: number;
  /** An entity set, `$metadata`, `DataSystem` or `token`; unless told, any entity set. */
  resource?: string;
  /** How many matching requests pass unharmed first. */
  skip?: number;
};

/** What goes wrong instead of an answer, or with it. */
export type Fault = CommonFields &
  (
    | {
        kind: 'status';
        status: number;
        retryAfter?: string;
        body?: string;
        headers?: Record<string, string>;
      }
    /** 429 while the hour still has requests left; `retryAfter` is seconds or an HTTP date. */
    | { kind: 'rate-limit'; retryAfter?: number | string }
    /** The connection breaks before the answer. */
    | { kind: 'reset' }
    /** The connection breaks in the middle of the body. */
    | { kind: 'truncate' }
    /** A whole 200 whose JSON ends in the middle. */
    | { kind: 'truncate-json' }
    | { kind: 'html' }
    | { kind: 'empty' }
    | { kind: 'no-value' }
    /** No answer until the client gives up or the sandbox is closed. */
    | { kind: 'hang' }
    | { kind: 'slow'; ms: number }
    /** Expanded collections come empty. */
    | { kind: 'empty-expand' }
    /** Media queries find nothing. */
    | { kind: 'empty-media' }
    /** Every token issued so far is refused from now on. */
    | { kind: 'revoke' }
    /** The next link is the address that was asked for. */
    | { kind: 'link-loop' }
    /** The next link leads to another origin. */
    | { kind: 'link-abroad'; origin: string }
    /** The replication link that was followed, or is being made, is dead. */
    | { kind: 'link-dead' }
    /** All quota headers are missing, or the ones named. */
    | { kind: 'no-quota-headers'; headers?: readonly string[] }
    /** A page has so many rows at most and no link, whatever follows. */
    | { kind: 'short-page'; rows: number }
    /** The answer's `@odata.nextLink` leads to an empty page, whose link leads to the next empty one. */
    | { kind: 'empty-pages' }
    /** A 200 with all its rows and an `error` beside them. */
    | { kind: 'error-inside' }
    /** `@odata.count` is off by so many. */
    | { kind: 'bad-count'; by: number }
    /** `Date` is off by so many milliseconds. */
    | { kind: 'clock'; by: number }
  );

export type FaultKind = Fault['kind'];

/** What is to go wrong, in the order it was added. */
export type Faults = {
  add(fault: Fault): void;
  clear(): void;
};

/** What a fault has to know about a request to tell whether it is meant. */
export type FaultTarget = {
  readonly resource: string;
  readonly data: boolean;
  readonly expands: boolean;
  readonly counts: boolean;
  readonly replicates: boolean;
};

const KINDS: Readonly<Record<FaultKind, true>> = {
  status: true,
  'rate-limit': true,
  reset: true,
  truncate: true,
  'truncate-json': true,
  html: true,
  empty: true,
  'no-value': true,
  hang: true,
  slow: true,
  'empty-expand': true,
  'empty-media': true,
  revoke: true,
  'link-loop': true,
  'link-abroad': true,
  'link-dead': true,
  'no-quota-headers': true,
  'short-page': true,
  'empty-pages': true,
  'error-inside': true,
  'bad-count': true,
  clock: true,
};

/** Whether something that came from outside is a fault. */
export function isFault(value: unknown): value is Fault {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return typeof value.kind === 'string' && Object.hasOwn(KINDS, value.kind);
}

/** Those that stand in for the answer: a request meets one of them at most. */
const REPLACING_KINDS: ReadonlySet<FaultKind> = new Set([
  'status',
  'rate-limit',
  'reset',
  'truncate',
  'truncate-json',
  'html',
  'empty',
  'no-value',
  'hang',
]);

type ArmedFault = { readonly fault: Fault; skip: number; count: number };

/** The list that tests fill, and the way the server takes from it. */
export class FaultList implements Faults {
  #armed: ArmedFault[] = [];

  add(fault: Fault): void {
    this.#armed.push({ fault, skip: fault.skip ?? 0, count: fault.count ?? 1 });
  }

  clear(): void {
    this.#armed = [];
  }

  /** The faults that strike this request, one of a kind. Those about signing in are taken on their own, before the others. */
  take(target: FaultTarget, stage: 'sign-in' | 'answer'): Fault[] {
    const struck: Fault[] = [];
    for (const armed of this.#armed) {
      if ((armed.fault.kind === 'revoke') !== (stage === 'sign-in') || !matches(armed.fault, target))
        continue;
      if (armed.skip > 0) {
        armed.skip--;
        continue;
      }
      if (struck.some((other) => excludes(other, armed.fault))) continue;
      armed.count--;
      struck.push(armed.fault);
    }
    this.#armed = this.#armed.filter(({ count }) => count > 0);
    return struck;
  }
}

/** Whether the one leaves the other for a later request. */
function excludes(one: Fault, other: Fault): boolean {
  return one.kind === other.kind || (REPLACING_KINDS.has(one.kind) && REPLACING_KINDS.has(other.kind));
}

function matches(fault: Fault, target: FaultTarget): boolean {
  if (fault.resource === undefined ? !target.data : fault.resource !== target.resource) return false;
  if (fault.kind === 'empty-expand') return target.expands;
  if (fault.kind === 'empty-media') return target.resource === 'Media';
  if (fault.kind === 'bad-count') return target.counts;
  return fault.kind === 'link-dead' ? target.replicates : true;
}

/** The fault of one kind among those that struck. */
export function findFault<K extends FaultKind>(
  struck: readonly Fault[],
  kind: K,
): (Fault & { kind: K }) | undefined {
  return struck.find((fault): fault is Fault & { kind: K } => fault.kind === kind);
}
