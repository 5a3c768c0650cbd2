type CommonFields = {
  /** Part of the path that a request must have, such as the name of an archive; any archive unless set. */
  archive?: string;
};

/** A fault of an answer. It affects one request unless `count` is set. */
export type AnswerFault = CommonFields & {
  count?: number;
  /** How many matching requests pass first. */
  skip?: number;
} & (
    | { kind: 'status'; status: number; retryAfter?: string }
    /** The connection breaks before the answer. */
    | { kind: 'reset' }
    /** No answer until the client gives up or the sandbox closes. */
    | { kind: 'hang' }
    /** Bytes that are not HTTP. */
    | { kind: 'garbage' }
    | { kind: 'redirect'; location: string }
    /** The connection breaks after this many bytes of the body. */
    | { kind: 'cut'; bytes: number }
    /** The same, and the next release is published at once. */
    | { kind: 'change'; bytes: number }
    /** Sends the whole file with status 200, even if a range was requested. */
    | { kind: 'ignore-range' }
    | { kind: 'slow'; bytesPerSecond: number }
    | { kind: 'weak-etag' }
    | { kind: 'no-etag' }
    /** Neither Content-Length nor ETag nor Last-Modified. */
    | { kind: 'no-length' }
  );

/** A fault of the files themselves. It stays until the faults are cleared; the archive has another ETag meanwhile. */
export type ContentFault = CommonFields & {
  /** Name of the affected table; the first one of the archive unless set. */
  table?: string;
} & (
    | { kind: 'wrong-crc' }
    /** Additional members named `../../evil.txt`, `/evil.txt`, `C:\evil.txt` and `..\evil.txt`. */
    | { kind: 'traversal' }
    /** The member is a symbolic link. */
    | { kind: 'link' }
    /** The member is 64 MB of zeros. */
    | { kind: 'bomb' }
    | { kind: 'encrypted' }
    /** The member names the method Deflate64. */
    | { kind: 'deflate64' }
    /** An additional member that is an archive. */
    | { kind: 'nested' }
    | { kind: 'duplicate-member' }
    | { kind: 'missing-member' }
    /** The archive ends in the middle, with a matching Content-Length. */
    | { kind: 'half-archive' }
    /** The member has the first half of its rows. */
    | { kind: 'half-rows' }
    | { kind: 'rename-column'; from: string; to: string }
    | { kind: 'no-header' }
  );

export type CountyFault = AnswerFault | ContentFault;
type AnswerKind = AnswerFault['kind'];
type ContentKind = ContentFault['kind'];

/** Whether a fault affects requests of any method (true) or downloads only. */
const ANSWER_KINDS: Readonly<Record<AnswerKind, boolean>> = {
  status: true,
  reset: true,
  hang: true,
  garbage: true,
  redirect: true,
  cut: false,
  change: false,
  'ignore-range': false,
  slow: false,
  'weak-etag': true,
  'no-etag': true,
  'no-length': true,
};

const CONTENT_KINDS: Readonly<Record<ContentKind, true>> = {
  'wrong-crc': true,
  traversal: true,
  link: true,
  bomb: true,
  encrypted: true,
  deflate64: true,
  nested: true,
  'duplicate-member': true,
  'missing-member': true,
  'half-archive': true,
  'half-rows': true,
  'rename-column': true,
  'no-header': true,
};

/** Whether a value from a client is a fault. */
export function isCountyFault(value: unknown): value is CountyFault {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const { kind } = value;
  return (
    typeof kind === 'string' && (Object.hasOwn(ANSWER_KINDS, kind) || Object.hasOwn(CONTENT_KINDS, kind))
  );
}

/** The faults of a county server. */
export class CountyFaults {
  #answers: { readonly fault: AnswerFault; skip: number; count: number }[] = [];
  #contents: ContentFault[] = [];

  add(fault: CountyFault): void {
    if (isContentFault(fault)) this.#contents.push(fault);
    else this.#answers.push({ fault, skip: fault.skip ?? 0, count: fault.count ?? 1 });
  }

  clear(): void {
    this.#answers = [];
    this.#contents = [];
  }

  /** Takes the faults of a request for an archive. */
  take(path: string, method: string): AnswerFault[] {
    const taken: AnswerFault[] = [];
    for (const armed of this.#answers) {
      const { fault } = armed;
      if (!path.includes(fault.archive ?? '') || (method !== 'GET' && !ANSWER_KINDS[fault.kind])) continue;
      if (armed.skip > 0) {
        armed.skip--;
        continue;
      }
      armed.count--;
      taken.push(fault);
    }
    this.#answers = this.#answers.filter(({ count }) => count > 0);
    return taken;
  }

  /** The faults of the contents of an archive. */
  contentsOf(path: string): readonly ContentFault[] {
    return this.#contents.filter(({ archive }) => path.includes(archive ?? ''));
  }
}

function isContentFault(fault: CountyFault): fault is ContentFault {
  return Object.hasOwn(CONTENT_KINDS, fault.kind);
}

/** Finds the fault of a kind among those of a request. */
export function findAnswerFault<K extends AnswerKind>(
  faults: readonly AnswerFault[],
  kind: K,
): (AnswerFault & { kind: K }) | undefined {
  return faults.find((fault): fault is AnswerFault & { kind: K } => fault.kind === kind);
}
