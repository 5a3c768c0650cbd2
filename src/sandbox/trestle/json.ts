import { RawNumber, type SandboxRecord, type FieldValue } from './record.ts';
import type { EntitySet } from './sets.ts';

/** Returns a suffix for a signed address; never the same one twice. */
export type Signer = () => string;

/** Creates a signer whose suffixes hold the time of issue and a counter. */
export function createSigner(now: () => number): Signer {
  let issued = 0;
  return () => Buffer.from(`${now()}/${++issued}`).toString('base64url');
}

/** Writes a value as JSON; numbers keep their original text. */
export function toJsonText(value: FieldValue | undefined): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || value === undefined) return 'null';
  if (value instanceof RawNumber) return value.text;
  return JSON.stringify(value);
}

/**
 * Writes a record's JSON in two parts. `open` writes everything but the signed address, which differs in every answer;
 * `close` adds it and ends the object.
 */
export type RecordWriter = {
  open(record: SandboxRecord): string;
  close(record: SandboxRecord, sign: Signer): string;
};

/** Creates a writer for all fields of a set, or for the selected ones. */
export function createWriter(set: EntitySet, select?: readonly string[]): RecordWriter {
  const names = select ?? [...set.fields.keys()];
  const signed = names.includes(set.signed ?? '') ? set.signed : undefined;
  const plain = names.filter((name) => name !== signed);
  const labels = plain.map((name) => `${JSON.stringify(name)}:`);
  return {
    open(record) {
      let text = '{';
      for (let i = 0; i < plain.length; i++)
        text += (i === 0 ? '' : ',') + labels[i]! + toJsonText(record[plain[i]!]);
      return text;
    },
    close(record, sign) {
      if (signed === undefined) return '}';
      const address = record[signed];
      const shown = typeof address === 'string' ? `${address}/${sign()}` : address;
      return `${plain.length === 0 ? '' : ','}${JSON.stringify(signed)}:${toJsonText(shown)}}`;
    },
  };
}
