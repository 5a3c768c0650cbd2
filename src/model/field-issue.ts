/** A field of a stored record whose column does not hold exactly what was sent; the payload does. */
export type FieldIssue = {
  readonly field: string;
  /** What is wrong with the value: `has 80 characters, its column 64`. */
  readonly rule: string;
  /** What the column holds: the number rounded to its scale, the text cut or with half characters replaced, or NULL. */
  readonly action: 'rounded' | 'cut' | 'replaced' | 'null';
  /** As it was sent, shortened. */
  readonly value: string;
};
