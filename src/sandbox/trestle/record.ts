/** A number that keeps its text: Trestle sends `308000.0`, which a JavaScript number would turn into `308000`. */
export class RawNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  valueOf(): number {
    return Number(this.text);
  }

  toJSON(): number {
    return Number(this.text);
  }
}

export type FieldValue =
  | string
  | number
  | boolean
  | null
  | RawNumber
  | readonly FieldValue[]
  | { readonly [name: string]: FieldValue };

/** A record as the sandbox stores it: `MediaURL` unsigned, decimals as `RawNumber`. */
export type SandboxRecord = { readonly [field: string]: FieldValue };

/** Writes a decimal as Trestle does: with at least one digit after the point. */
export function toDecimal(value: number, scale: number): RawNumber {
  const text = value.toFixed(scale).replace(/0+$/, '');
  return new RawNumber(text.endsWith('.') ? `${text}0` : text);
}

/** Reads a field's text; empty if the field holds no text. */
export function readText(record: SandboxRecord, field: string): string {
  const value = record[field];
  return typeof value === 'string' ? value : '';
}
