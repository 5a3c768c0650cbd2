/** A column that the user added, as the file of additions has it. */
export type Addition = {
  /** In words: `varchar(500)`, `decimal(14,2)` … */
  readonly type: string;
  readonly index?: true;
  /** Undefined: the resource's own. */
  readonly table?: string;
};

/** Resource → field → addition. */
export type Additions = Readonly<Record<string, Readonly<Record<string, Addition>>>>;
