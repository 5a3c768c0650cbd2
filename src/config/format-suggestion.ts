import { findNearest } from '../lib/edit-distance.ts';

/**
 * Returns `; did you mean X?` with the most similar known text, to append to a message. Empty if no text is similar, or if this one
 * is known.
 */
export function formatSuggestion(text: unknown, known: readonly string[]): string {
  if (typeof text !== 'string' || known.includes(text)) return '';
  const nearest = findNearest(text, known);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}
