import { compileExpression } from '../../../lib/json-path.ts';
import type { Json, RawRecord } from '../../items.ts';
import { expressionsIn, PLACEHOLDER } from './expressions.ts';
import { toText } from './text.ts';

/** Reads a value of a record. */
export type ValueReader = {
  /** Undefined: the record does not have it. */
  readonly read: (record: RawRecord) => Json | undefined;
  /** The fields of a record that it returns completely: they are not repeated in the metadata. */
  readonly fields: readonly string[];
};

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Compiles a field's name, a JMESPath expression or a template. Names such as `License No` or `link.url` may be both a name and
 * an expression: a field of the record with exactly this name wins, and only a record without it is searched. A name that is no
 * expression is a field's name.
 */
export function compileValue(text: string): ValueReader {
  if (/\{[^{}]+\}/.test(text)) return compileTemplate(text);
  const readField = (record: RawRecord): Json | undefined =>
    Object.hasOwn(record, text) ? record[text] : undefined;
  const isName = NAME.test(text);
  const search = isName ? undefined : compileExpression(text);
  if (search === undefined) return { read: readField, fields: [text] };
  const roots = namesIn(text);
  return {
    read: (record) => {
      if (Object.hasOwn(record, text)) return record[text];
      const found = search(record) as Json;
      if (found !== null) return found;
      return roots.length === 0 || roots.some((name) => Object.hasOwn(record, name)) ? null : undefined;
    },
    fields: [text],
  };
}

/** Names in an expression. A record that has none of them does not have the value. */
function namesIn(expression: string): string[] {
  return [...expression.matchAll(/"([^"]+)"|'[^']*'|`[^`]*`|([A-Za-z_]\w*)(?!\w*\()/g)].flatMap(
    ([, quoted, name]) => quoted ?? name ?? [],
  );
}

/** Parts that the record does not have vanish, together with the commas and blanks that they leave. */
function compileTemplate(template: string): ValueReader {
  const texts = template.split(PLACEHOLDER).filter((_, nth) => nth % 2 === 0);
  const readers = expressionsIn(template).map((text) => compileValue(text));
  return {
    read: (record) => {
      const values = readers.map(({ read }) => read(record));
      if (values.every((value) => value === undefined)) return undefined;
      const parts = values.map((value) => toText(value)?.trim() ?? '');
      if (parts.every((part) => part === '')) return null;
      return tidy(texts.map((text, nth) => text + (parts[nth] ?? '')).join(''));
    },
    fields: readers.flatMap(({ fields }) => fields),
  };
}

/** `, Austin, , TX ` → `Austin, TX`. */
function tidy(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(?: ?,)+(?= ?,)/g, '')
    .replaceAll(' ,', ',')
    .replaceAll(/^[ ,]+|[ ,]+$/g, '');
}
