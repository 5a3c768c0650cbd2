import type { Signer } from './files/address.ts';
import { RawNumber, type SandboxRecord, type FieldValue } from './record.ts';
import type { EntitySet } from './sets.ts';

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
  close(record: SandboxRecord, signer: Signer): string;
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
    close(record, signer) {
      if (signed === undefined) return '}';
      const address = record[signed];
      const shown = typeof address === 'string' ? signer.sign(address) : address;
      return `${plain.length === 0 ? '' : ','}${JSON.stringify(signed)}:${toJsonText(shown)}}`;
    },
  };
}
