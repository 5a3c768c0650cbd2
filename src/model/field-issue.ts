/** A field of a stored record whose column does not hold exactly what was sent; the payload does. */
export type FieldIssue = {
  readonly field: string;
  /** The problem with the value: `has 80 characters, its column 64`. */
  readonly rule: string;
  /** The effect: the number was rounded to the scale of the column, the text was cut or half characters were replaced, or NULL was stored. */
  readonly action: 'rounded' | 'cut' | 'replaced' | 'null';
  /** The value as sent, shortened. */
  readonly value: string;
};
