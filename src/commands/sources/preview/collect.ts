import type { ItemBatch, ItemRecord, ReadEnd, SourceType } from '../../../sources/items.ts';

/** What a test of a source has found so far. */
export type Preview = {
  /** Records with their ids in the order in which they were sent, by batch. */
  readonly pages: readonly { readonly place: string; readonly keys: readonly string[] }[];
  /** The first records. */
  readonly samples: readonly ItemRecord[];
  readonly records: number;
  readonly items: number;
  /** Records without a mapped field, by the field. */
  readonly missing: ReadonlyMap<string, number>;
  /** Records by what was cut or could not be read. */
  readonly notes: ReadonlyMap<string, number>;
  /** Records that cannot be items, by the reason. */
  readonly errors: ReadonlyMap<string, number>;
  readonly warnings: readonly string[];
  readonly outcome: ReadEnd['outcome'] | undefined;
};

export const EMPTY_PREVIEW: Preview = {
  pages: [],
  samples: [],
  records: 0,
  items: 0,
  missing: new Map(),
  notes: new Map(),
  errors: new Map(),
  warnings: [],
  outcome: undefined,
};

const MAX_SAMPLES = 3;

/** Adds a batch to a preview. */
export function addBatch(preview: Preview, { records, place, warnings, end }: ItemBatch): Preview {
  const failed = records.flatMap(({ item, error }) =>
    item === undefined ? [error ?? 'it cannot be an item'] : [],
  );
  return {
    pages:
      records.length === 0
        ? preview.pages
        : [...preview.pages, { place, keys: records.map(({ key }) => key) }],
    samples: [...preview.samples, ...records].slice(0, MAX_SAMPLES),
    records: preview.records + records.length,
    items: preview.items + records.length - failed.length,
    missing: countEach(
      preview.missing,
      records.flatMap(({ missing }) => missing),
    ),
    notes: countEach(
      preview.notes,
      records.flatMap(({ notes }) => notes),
    ),
    errors: countEach(preview.errors, failed),
    warnings: [...new Set([...preview.warnings, ...warnings])],
    outcome: end?.outcome ?? preview.outcome,
  };
}

function countEach(counts: ReadonlyMap<string, number>, texts: readonly string[]): Map<string, number> {
  const sum = new Map(counts);
  for (const text of texts) sum.set(text, (sum.get(text) ?? 0) + 1);
  return sum;
}

/** What is doubtful about the records that were read. */
export function findDoubts({ pages, records, missing }: Preview, type: SourceType): string[] {
  const absent = [...missing].flatMap(([field, count]) => (count === records ? [field] : []));
  const [first, second] = pages;
  const repeated = (second?.keys ?? []).filter((key) => first?.keys.includes(key) === true).length;
  return [
    ...absent.map((field) => `no record has ${field}: correct it in the mapping (item), or remove it`),
    ...(repeated === 0
      ? []
      : [
          type === 'api'
            ? `${repeated} of the ids of the second page are on the first page too: check page, and add an order to query`
            : `${repeated} ids come twice: is external_id the right field?`,
        ]),
  ];
}
