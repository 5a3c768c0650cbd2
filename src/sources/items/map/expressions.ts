/** A part of a template. */
export const PLACEHOLDER = /\{([^{}]+)\}/g;

/** The names and expressions in a value of a mapping: those in the braces of a template, or the text itself. */
export function expressionsIn(text: string): string[] {
  const parts = [...text.matchAll(PLACEHOLDER)].map(([, inner = '']) => inner.trim());
  return parts.length > 0 ? parts : [text];
}
