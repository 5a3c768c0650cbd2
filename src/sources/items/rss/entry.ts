import type { Json } from '../../items.ts';

/** An entry of a feed of any format. Fields that it lacks are missing. */
export type FeedEntry = {
  /** The id that the feed gives it: `guid`, `id`. */
  readonly id?: string | undefined;
  readonly link?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** The whole text, if the feed has it besides a summary. */
  readonly content?: string | undefined;
  /** The first of `categories`. */
  readonly category?: string | undefined;
  readonly categories?: readonly string[] | undefined;
  /** The names of its authors. */
  readonly author?: string | undefined;
  /** The source's own text. */
  readonly published?: string | undefined;
  readonly updated?: string | undefined;
  /** What else the feed has: enclosures, coordinates. */
  readonly rest: { readonly [name: string]: Json | undefined };
};

/** Picks the first text that is not blank. */
export function firstText(...values: readonly (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined && value.trim() !== '')?.trim();
}

export function listTexts(
  values: readonly (string | undefined)[] | undefined,
): readonly string[] | undefined {
  const texts = [...new Set(values?.flatMap((value) => firstText(value) ?? []))];
  return texts.length === 0 ? undefined : texts;
}
