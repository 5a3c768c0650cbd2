/** A number whose text matters: Trestle sends `308000.0`, which a JavaScript number would forget. */
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

/** A record as the feed keeps it: `MediaURL` unsigned, decimals as `RawNumber`. */
export type SandboxRecord = { readonly [field: string]: FieldValue };

/** A decimal as Trestle writes one: at least one digit behind the point where it was stored with a scale. */
export function toDecimal(value: number, scale: number): RawNumber {
  const text = value.toFixed(scale).replace(/0+$/, '');
  return new RawNumber(text.endsWith('.') ? `${text}0` : text);
}

/** A field's text; empty where it holds none. */
export function readText(record: SandboxRecord, field: string): string {
  const value = record[field];
  return typeof value === 'string' ? value : '';
}
