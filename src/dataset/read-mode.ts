/** How a dataset is read from its source. */
export type ReadMode = IncrementalRead | ChildrenRead | SnapshotRead | AppendRead;

/** Read in the order of a timestamp, starting at a watermark. */
export type IncrementalRead = {
  readonly kind: 'incremental';
  /** Timestamp field that orders batches; the watermark stores its value. */
  readonly cursor: string;
  /** Index fields that can change while the version does not. A census compares them too. */
  readonly photos?: { readonly changed: string; readonly count: string };
  /** Timestamp field. After this time, the record is expected to disappear from the feed. */
  readonly ends?: string;
  /** Filter in the source's own language that matches the records a site shows first. */
  readonly activeFirst?: string;
  /** Fields to request; undefined: all that the source has. */
  readonly select?: readonly string[];
};

/** Records that belong to a parent record of another dataset. The set of each parent is fetched and replaced as a whole. */
export type ChildrenRead = {
  readonly kind: 'children';
  /** The parent's dataset, and the child's field that holds the parent's key. */
  readonly parent: string;
  readonly field: string;
  /** Parent signal that marks the child set as stale: changed photos, or any new version. */
  readonly staleBy: 'photos' | 'version';
  /** Prefix of the parent's columns that record the state of its child set: `media_fetched_for`. */
  readonly columnPrefix: 'media' | 'custom';
  /**
   * Whether a record has its own version or the version that its parent had at request time. In the second case, `cursor` and
   * the dataset's `version` name a column that the source does not send.
   */
  readonly versionFrom: 'record' | 'parent';
  /** Timestamp field that can order the whole dataset. */
  readonly cursor: string;
  /** The parent's member that holds its records in a page that was requested with them; undefined if there is none. */
  readonly link?: string;
  /** Fields to request; undefined: all that the source has. */
  readonly select?: readonly string[];
};

/** The whole dataset is read at once and published as a release. */
export type SnapshotRead = { readonly kind: 'snapshot' };

/** Only new items are read; they are recognised by their key. */
export type AppendRead = { readonly kind: 'append' };
