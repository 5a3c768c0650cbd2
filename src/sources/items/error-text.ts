import { shorten } from '../../lib/shorten.ts';

const NAMES = ['error_description', 'error_message', 'message', 'detail', 'error', 'title', 'errors'];

/** Returns the text of a JSON error as `: text`, without the queries of addresses; empty if there is none. */
export function readErrorText({ body }: { readonly body: Buffer }): string {
  try {
    const text = findText(JSON.parse(body.subarray(0, 100_000).toString()));
    return text === undefined ? '' : `: ${clean(text)}`;
  } catch {
    return '';
  }
}

/** Finds the first text that explains an error. */
export function findText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (Array.isArray(value)) return findText(value[0]);
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as Readonly<Record<string, unknown>>;
  return NAMES.map((name) => findText(members[name])).find((text) => text !== undefined);
}

/** One short line of a server's text. */
export function clean(text: string): string {
  return shorten(
    text
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .replaceAll(/\?\S*/g, '')
      .trim(),
    100,
  );
}
