type CommonFields = {
  /** How many matching requests it affects; 1 unless set. */
  count?: number;
  /** An entity set, `$metadata`, `DataSystem`, `token` or `file`; any entity set unless set. */
  resource?: string;
  /** The key of the media whose file it affects; those of any unless set. */
  media?: string;
  /** How many matching requests pass first. */
  skip?: number;
};

/** A fault that replaces an answer or changes it. */
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
    /** A complete 200 whose JSON is truncated. */
    | { kind: 'truncate-json' }
    | { kind: 'html' }
    | { kind: 'empty' }
    | { kind: 'no-value' }
    /** No answer until the client gives up or the sandbox closes. */
    | { kind: 'hang' }
    | { kind: 'slow'; ms: number }
    /** Expanded collections are empty; if `below` is set, while the minute has fewer requests left than that. */
    | { kind: 'empty-expand'; below?: number }
    /** Expanded collections are null. */
    | { kind: 'null-expand' }
    /** `$expand` is ignored. */
    | { kind: 'no-expand' }
    /** Expanded collections have at most `rows` records. */
    | { kind: 'cut-expand'; rows: number }
    /** 504 for a page with `$expand` whose `$top` is above `rows`. */
    | { kind: 'heavy-expand'; rows: number }
    /** Media queries find nothing. */
    | { kind: 'empty-media' }
    /** Revokes every token issued so far. */
    | { kind: 'revoke' }
    /** The next link is the requested address itself. */
    | { kind: 'link-loop' }
    /** The next link leads to another origin. */
    | { kind: 'link-abroad'; origin: string }
    /** The replication link that this request follows or creates is dead. */
    | { kind: 'link-dead' }
    /** All quota headers are missing, or the ones named. */
    | { kind: 'no-quota-headers'; headers?: readonly string[] }
    /** A page has at most `rows` rows and no link, even if more rows follow. */
    | { kind: 'short-page'; rows: number }
    /** The answer's `@odata.nextLink` leads to an empty page, whose link leads to the next empty one. */
    | { kind: 'empty-pages' }
    /** A 200 with all rows and an additional `error`. */
    | { kind: 'error-inside' }
    /** `@odata.count` is off by `by`. */
    | { kind: 'bad-count'; by: number }
    /** The `Date` header is off by `by` milliseconds. */
    | { kind: 'clock'; by: number }
    | FileFault
  );

/** A fault of a media file; needs no `resource`. */
type FileFault =
  /** The connection breaks after `bytes` bytes of the body. */
  | { kind: 'cut'; bytes: number }
  /** Nothing more is sent after `bytes` bytes of the body. */
  | { kind: 'stall'; bytes: number }
  /** The body is sent slowly. */
  | { kind: 'trickle'; bytesPerSecond: number }
  /** Content-Length is off by `by`. */
  | { kind: 'wrong-length'; by: number }
  /** The body never ends. */
  | { kind: 'endless' }
  /** The first half of the file, with its right length. */
  | { kind: 'half-file' }
  /** A PNG, although address and Content-Type name another type. */
  | { kind: 'png' }
  /** A program, although Content-Type names an image. */
  | { kind: 'wrong-type' }
  /** Neither ETag nor Last-Modified. */
  | { kind: 'no-validators' };

export type FaultKind = Fault['kind'];

/** Armed faults, in the order in which they were added. */
export type Faults = {
  add(fault: Fault): void;
  clear(): void;
};

/** The properties of a request that decide whether a fault matches it. */
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
  'null-expand': true,
  'no-expand': true,
  'cut-expand': true,
  'heavy-expand': true,
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
  cut: true,
  stall: true,
  trickle: true,
  'wrong-length': true,
  endless: true,
  'half-file': true,
  png: true,
  'wrong-type': true,
  'no-validators': true,
};

const FILE_KINDS: ReadonlySet<FaultKind> = new Set<FileFault['kind']>([
  'cut',
  'stall',
  'trickle',
  'wrong-length',
  'endless',
  'half-file',
  'png',
  'wrong-type',
  'no-validators',
]);

/** Whether a value from a client is a fault. */
export function isFault(value: unknown): value is Fault {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return typeof value.kind === 'string' && Object.hasOwn(KINDS, value.kind);
}

/** Faults that replace the answer: at most one of them applies to a request. */
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
  'cut',
  'stall',
  'wrong-length',
  'endless',
  'half-file',
  'png',
  'wrong-type',
]);

type ArmedFault = { readonly fault: Fault; skip: number; count: number };

/** The list of faults: tests add to it, and the server takes from it. */
export class FaultList implements Faults {
  #armed: ArmedFault[] = [];

  add(fault: Fault): void {
    this.#armed.push({ fault, skip: fault.skip ?? 0, count: fault.count ?? 1 });
  }

  clear(): void {
    this.#armed = [];
  }

  /** Takes the faults of this request, one of each kind. Those of the sign-in stage are taken first, separately. */
  take(target: FaultTarget, stage: 'sign-in' | 'answer'): Fault[] {
    return this.#take(
      (fault) => (fault.kind === 'revoke') === (stage === 'sign-in') && matches(fault, target),
    );
  }

  /** Takes the faults of a request for a media file, one of each kind. */
  takeForFile(key: string): Fault[] {
    return this.#take(
      ({ kind, resource, media }) =>
        (FILE_KINDS.has(kind) || resource === 'file') && (media === undefined || media === key),
    );
  }

  #take(isFor: (fault: Fault) => boolean): Fault[] {
    const struck: Fault[] = [];
    for (const armed of this.#armed) {
      if (!isFor(armed.fault)) continue;
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

/** Whether the first fault leaves the second for a later request. */
function excludes(one: Fault, other: Fault): boolean {
  return one.kind === other.kind || (REPLACING_KINDS.has(one.kind) && REPLACING_KINDS.has(other.kind));
}

function matches(fault: Fault, target: FaultTarget): boolean {
  if (FILE_KINDS.has(fault.kind) || fault.media !== undefined) return false;
  if (fault.resource === undefined ? !target.data : fault.resource !== target.resource) return false;
  if (fault.kind.endsWith('-expand')) return target.expands;
  if (fault.kind === 'empty-media') return target.resource === 'Media';
  if (fault.kind === 'bad-count') return target.counts;
  return fault.kind === 'link-dead' ? target.replicates : true;
}

/** Finds the fault of a kind among those of a request. */
export function findFault<K extends FaultKind>(
  struck: readonly Fault[],
  kind: K,
): (Fault & { kind: K }) | undefined {
  return struck.find((fault): fault is Fault & { kind: K } => fault.kind === kind);
}
