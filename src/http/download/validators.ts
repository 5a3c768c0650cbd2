/** What identifies one state of a file on its server (RFC 9110, 8.8). */
export type Validators = {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  /** Its length. */
  readonly bytes: number | undefined;
};

type Headers = Readonly<Record<string, string>>;

/** Reads the validators of an answer. `content-length` is the file's length in a 200 only. */
export function readValidators(headers: Headers, bytes = readLength(headers)): Validators {
  return { etag: headers['etag'], lastModified: headers['last-modified'], bytes };
}

/** The value of `content-length`; undefined if it is missing or not a number. */
export function readLength(headers: Headers): number | undefined {
  const text = headers['content-length'] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Whether both are the same state: the same ETag; if one has none, the same Last-Modified and the same length. */
export function isSameState(one: Validators, other: Validators): boolean {
  if (one.etag !== undefined && other.etag !== undefined)
    return opaqueTag(one.etag) === opaqueTag(other.etag);
  return (
    one.lastModified !== undefined &&
    one.lastModified === other.lastModified &&
    one.bytes !== undefined &&
    one.bytes === other.bytes
  );
}

/** Whether an answer without a body contradicts a known state. A validator that it omits contradicts nothing. */
export function contradicts(headers: Headers, known: Validators): boolean {
  const { etag, lastModified } = readValidators(headers);
  if (etag !== undefined && known.etag !== undefined) return opaqueTag(etag) !== opaqueTag(known.etag);
  return (
    lastModified !== undefined && known.lastModified !== undefined && lastModified !== known.lastModified
  );
}

export function isStrongTag(etag: string): boolean {
  return /^"[^"]*"$/.test(etag);
}

/** The tag for a weak comparison (RFC 9110, 8.8.3.2). */
function opaqueTag(etag: string): string {
  return etag.replace(/^W\//, '');
}

/** A condition that a server answers with 304 if the file is still in this state. */
export function ifChanged({ etag, lastModified }: Validators): Record<string, string> {
  if (etag !== undefined) return { 'If-None-Match': etag };
  return lastModified === undefined ? {} : { 'If-Modified-Since': lastModified };
}
