/** An item as its row holds it. */
export type Item = {
  /** At most 500 characters. */
  readonly title: string;
  readonly description: string | null;
  /** At most 200 characters. */
  readonly category: string | null;
  /** With http or https, at most 2048 characters. */
  readonly url: string | null;
  /** A decimal number as text, as DECIMAL(24,6) holds it. */
  readonly amount: string | null;
  /** A whole number as text, as BIGINT holds it. */
  readonly quantity: string | null;
  /** A JSON object as text. */
  readonly metadata: string;
  /** `YYYY-MM-DD hh:mm:ss.mmm`, UTC. */
  readonly publishedAt: string | null;
};

const NO_ID = 'no-id:';

/** The key of a record without an id. @param hash of its payload. */
export function createKeyWithoutId(hash: string): string {
  return `${NO_ID}${hash}`;
}

export function isWithoutId(key: string): boolean {
  return key.startsWith(NO_ID);
}

/** Begins the key of a record that is about to get another one, or whose own key another record has. */
export const MOVING_KEY = 'rekey:';
