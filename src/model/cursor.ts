/** A place in a feed, in the source's own text: `2026-03-19T22:06:45.773-00:00`. Without a key: the whole instant is still to come. */
export type Cursor = { readonly timestamp: string; readonly key?: string };
