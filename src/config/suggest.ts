import { findNearest } from '../lib/edit-distance.ts';

/** Ends a message with the known text that was meant; empty if no known text is that similar, or if this one is known. */
export function suggest(text: unknown, known: readonly string[]): string {
  if (typeof text !== 'string' || known.includes(text)) return '';
  const nearest = findNearest(text, known);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}
