import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../src/db/pool.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { stamp } from '../../src/sandbox/trestle/instant.ts';
import { emptied, loadPage, tables } from '../helpers/cases.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { CASES, PATIENCE } from './arbitraries.ts';
import { parentLink } from '../../src/dataset/reading.ts';

const START = Date.UTC(2025, 0);

/** A page of so many records, of which these were stored before: as they are, or in an older version. */
const anyCase = fc.record({
  resource: fc.constantFrom(property, media),
  records: fc.integer({ min: 0, max: 130 }),
  unchanged: fc.integer({ min: 0, max: 40 }),
  older: fc.integer({ min: 0, max: 40 }),
  batchSize: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 200 })),
  keepPayload: fc.boolean(),
});

let db: FreshDatabase;
let connection: Connection;
beforeAll(async () => {
  ({ db, connection } = await tables());
});

/** How many statements of each kind the server has run for this connection. */
async function statements(): Promise<Record<string, number>> {
  const rows = await connection.select<{ Variable_name: string; Value: string }>(
    "SHOW SESSION STATUS WHERE Variable_name IN ('Com_insert', 'Com_update', 'Com_delete', 'Com_select', 'Com_replace')",
  );
  return Object.fromEntries(rows.map((row) => [row.Variable_name, Number(row.Value)]));
}

// Validates: Requirements 3.1
test(
  'Feature: trestle-etl-pipeline, Property 10: Batch Operation Usage: For any data loading operation, the system should use batch SQL operations rather than individual insert/update statements when the batch size exceeds the configured threshold.',
  async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ resource, records, unchanged, older, batchSize, keepPayload }) => {
        await emptied(db);
        const textOf = (index: number, version: number): string =>
          JSON.stringify({
            [resource.key]: `k${index}`,
            ...(parentLink(resource) === undefined ? {} : { [parentLink(resource)!.field]: 'p' }),
            ModificationTimestamp: stamp(START + version),
            // More than a re-stamp.
            X_Version: version,
          });
        const all = Array.from({ length: records }, (_, index) => index);
        const stored = all.slice(0, unchanged + older);
        const before = stored.map((index) => textOf(index, index < unchanged ? 1 : 0));
        await loadPage(connection, resource, before, { keepPayload });

        const start = await statements();
        const page = all.map((index) => textOf(index, 1));
        const done = await loadPage(connection, resource, page, { batchSize, keepPayload });
        const end = await statements();

        const changed = records - Math.min(unchanged, records);
        expect(done.inserted.length + done.updated.length).toBe(changed);
        // One statement a batch for the rows, and one for their payloads; what did not change needs none.
        const batches = Math.ceil(changed / batchSize);
        const ran = (name: string): number => end[name]! - start[name]!;
        expect(ran('Com_insert')).toBe(keepPayload ? 2 * batches : batches);
        expect(ran('Com_delete')).toBeLessThanOrEqual(keepPayload ? 0 : batches);
        expect(ran('Com_update') + ran('Com_replace')).toBe(0);
        expect(ran('Com_select')).toBeLessThanOrEqual(Math.ceil(records / 1000));
      }),
      CASES,
    );
  },
  PATIENCE,
);
