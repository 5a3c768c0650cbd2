import type { Json, RawRecord, SourceType } from '../../items.ts';

/** What one look at a source found. */
export type Sample = {
  readonly type: SourceType;
  /** The address, or the path of a file. */
  readonly target: string;
  /** What signs in, with references to variables. */
  readonly auth?: Readonly<Record<string, string>> | undefined;
  /** Variables of .env that the address or `auth` refers to. */
  readonly variables?: readonly { readonly name: string; readonly part: string }[];
  /** The first records; none for a feed, which needs no mapping. */
  readonly records: readonly RawRecord[];
  /** Of an API: the whole answer, the path of its list unless it is found without one, and the header `Link`. */
  readonly answer?: { readonly value: unknown; readonly list: string | undefined; readonly link: string };
};

export function isAddress(target: string): boolean {
  return /^https?:\/\//i.test(target);
}

/** The values of a field that are neither missing nor blank. */
export function valuesOf(records: readonly RawRecord[], field: string): readonly Json[] {
  return records.flatMap((record) => {
    const value = record[field];
    return value === undefined || value === null || value === '' ? [] : [value];
  });
}
