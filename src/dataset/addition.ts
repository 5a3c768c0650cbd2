/** A column that the user added, as the fields file describes it. */
export type Addition = {
  /** `varchar(500)`, `decimal(14,2)` … */
  readonly type: string;
  readonly index?: true;
  /** Undefined: the dataset's main table. */
  readonly table?: string;
};

/** Dataset → field → addition. */
export type Additions = Readonly<Record<string, Readonly<Record<string, Addition>>>>;
