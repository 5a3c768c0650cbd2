/** A position in a source, in its own text: `2026-03-19T22:06:45.773-00:00`. Without a key, the whole instant is still to be read. */
export type Cursor = { readonly timestamp: string; readonly key?: string };
