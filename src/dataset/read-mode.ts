/** How a dataset is read from its source. */
export type ReadMode = IncrementalRead | ChildrenRead | SnapshotRead | AppendRead;

/** In the order of a timestamp, from a watermark on. */
export type IncrementalRead = {
  readonly kind: 'incremental';
  /** Timestamp field that batches are ordered by, and that the watermark holds. */
  readonly cursor: string;
  /** Index fields that can move without the version: a census compares them too. */
  readonly photos?: { readonly changed: string; readonly count: string };
  /** Timestamp field after whose time a record is expected to vanish from the feed. */
  readonly ends?: string;
  /** A filter in the source's own language: the records that a site shows first. */
  readonly activeFirst?: string;
  /** Fields to request; undefined: all that the source has. */
  readonly select?: readonly string[];
};

/** Records that belong to a record of another dataset, fetched and replaced as its set. */
export type ChildrenRead = {
  readonly kind: 'children';
  /** The parent's dataset, and the field of the child that holds the parent's key. */
  readonly parent: string;
  readonly field: string;
  /** What of the parent marks its set as stale: its photos, or any new version. */
  readonly staleBy: 'photos' | 'version';
  /** The columns of the parent's row that record what its set was fetched for start with it: `media_fetched_for`. */
  readonly marks: 'media' | 'custom';
  /**
   * Whose version a record has: its own, or the one that its parent had when it was requested. In the second case `cursor`
   * and the dataset's `version` name a column that the source does not send.
   */
  readonly versionFrom: 'record' | 'parent';
  /** Timestamp field that the whole dataset can be ordered by. */
  readonly cursor: string;
  /** Fields to request; undefined: all that the source has. */
  readonly select?: readonly string[];
};

/** The whole dataset at once, published as a release. */
export type SnapshotRead = { readonly kind: 'snapshot' };

/** New items, recognised by their key. */
export type AppendRead = { readonly kind: 'append' };
