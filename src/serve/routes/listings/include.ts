import { RequestError } from '../../request-error.ts';

/** What an answer with one listing may have besides the listing. */
export const INCLUDED = ['media', 'open_houses', 'rooms', 'parcel'] as const;

export type Included = (typeof INCLUDED)[number];

/** @throws RequestError (400) for another name. */
export function parseInclude(text: string | undefined): ReadonlySet<Included> {
  if (text === undefined) return new Set(INCLUDED);
  if (text === 'none') return new Set();
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !INCLUDED.some((known) => known === name));
  if (unknown === undefined) return new Set(INCLUDED.filter((name) => names.includes(name)));
  throw new RequestError(
    400,
    'invalid_parameter',
    `include must be none, or some of: ${INCLUDED.join(', ')}`,
    'include',
  );
}
