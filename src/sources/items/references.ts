import { ENCODINGS, encodedForms } from '../../lib/encoded-forms.ts';
import type { Json } from '../items.ts';

/** Replaces the values of variables in a text with references to them, so that the text can be stored and shown. */
export type References = {
  /** `?key=geheim` becomes `?key=${KEY}`. */
  hide(text: string): string;
  /** The text with the present values. A reference to an unknown variable stays. */
  insert(text: string): string;
};

export const NO_REFERENCES: References = { hide: (text) => text, insert: (text) => text };

/** Shorter values are in many texts by chance; the redactor of logs leaves them too. */
const MIN_LENGTH = 3;

/** `${NAME}`, or `${NAME:2}` for an encoded value; `${}` is `${` of the text itself. */
const REFERENCE = /\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::(\d))?)?\}/g;

/** @param values of the variables of an entry, by name. */
export function createReferences(values: ReadonlyMap<string, string>): References {
  const references = new Map<string, string>();
  for (const [name, value] of values) {
    if (value.length < MIN_LENGTH) continue;
    for (const form of encodedForms(value))
      if (!references.has(form)) references.set(form, referTo(name, value, form));
  }
  if (references.size === 0) return NO_REFERENCES;
  // Longest first: one value can be a part of another.
  const forms = [...references.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp([...forms.map((form) => escapePattern(form)), String.raw`\$\{`].join('|'), 'g');
  return {
    hide: (text) => text.replaceAll(pattern, (found) => references.get(found) ?? '${}'),
    insert: (text) =>
      text.replaceAll(REFERENCE, (reference, name: string | undefined, encoding = '0') => {
        if (name === undefined) return '${';
        const value = values.get(name);
        return value === undefined ? reference : (ENCODINGS[Number(encoding)]?.(value) ?? reference);
      }),
  };
}

function referTo(name: string, value: string, form: string): string {
  const encoding = ENCODINGS.findIndex((encode) => encode(value).toLowerCase() === form.toLowerCase());
  return encoding === 0 ? `\${${name}}` : `\${${name}:${encoding}}`;
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

/** Applies a function to every text within a JSON value; names of members stay. */
export function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each: Json) => mapTexts(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) =>
      each === undefined ? [] : [[name, mapTexts(each, change)] as const],
    ),
  );
}
