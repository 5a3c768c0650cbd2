/** The bytes of a file that is whole and checked: in memory if it is small, otherwise in a file of the spool folder. */
export type Body =
  | { readonly kind: 'memory'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly file: string };

/** What is known of a body before it is stored. */
export type BodyFacts = {
  /** Size in bytes. */
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly contentType: string;
};

/** A stored file, as the store lists it. */
export type StoredFile = {
  readonly path: string;
  /** Size in bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
};

/**
 * A place for media files: a folder of this machine, or a bucket. Paths are relative, with `/`, and have lower-case letters,
 * digits, `-`, `_`, `.` and `/` only, and no part starts with a dot. Every method throws ConfigError if the store is missing or
 * refuses access, CredentialsError if it refuses the credentials, UnavailableError if it does not answer or is full, and the
 * signal's reason.
 */
export type MediaStore = {
  /** For people, without credentials: `/srv/photos`, `s3://bucket/prefix`. */
  readonly name: string;
  /** Folder for bodies that are too large for memory; on the store's own file system if it is a folder, so that they move. */
  readonly spoolFolder: string;
  /**
   * Creates the spool folder, and removes what a killed process left: spooled bodies, half-written files, unfinished uploads.
   * Call it once before files are fetched, while the lock of the pass is held: it would remove the files of another pass.
   */
  prepare(signal: AbortSignal): Promise<void>;
  /** Stores a whole file. Readers find the previous file, or none, until this one is whole. A spooled body may be moved. */
  put(path: string, body: Body, facts: BodyFacts, signal: AbortSignal): Promise<void>;
  /** After it, everything stored so far survives a power failure. Call it once a batch, before the commit. */
  flush(): Promise<void>;
  /** Opens a stored file; undefined if there is none. */
  open(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Removes files. A file that does not exist is not an error. */
  remove(paths: readonly string[], signal: AbortSignal): Promise<void>;
  /** Lists every stored file in the order of paths, without spooled and half-written ones. */
  list(signal: AbortSignal): AsyncIterable<StoredFile>;
  /** Writes, reads and removes a small file. Returns the free bytes, if the store has a limit that it reports. */
  check(signal: AbortSignal): Promise<{ readonly free: number | undefined }>;
};
