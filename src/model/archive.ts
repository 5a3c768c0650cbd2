/** An archive as its publisher describes it. */
export type Archive = {
  readonly name: string;
  readonly year: number;
  readonly url: string;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly bytes: number | undefined;
  /** Undefined: it was not downloaded. */
  readonly sha256: string | undefined;
};
