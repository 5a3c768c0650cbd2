import type { Parts } from '../../app/checkup.ts';
import { EtlError } from '../../errors.ts';
import { type Check, failed, ok } from './check.ts';

/** One check for each dataset of the other sources: whether its first batch can be read. */
export function sourceChecks(parts: Parts | undefined): Check[] {
  return (parts?.others ?? []).flatMap(({ source, datasets }) =>
    datasets.map((dataset) => ({
      name: `${source.id} ${dataset.name}`,
      needs: [],
      run: async () => {
        const { signal } = new AbortController();
        try {
          for await (const { records } of source.read(dataset, { cursor: undefined }, signal))
            return ok(`${records.length} records in the first batch`);
          return ok('no records');
        } catch (error) {
          if (error instanceof EtlError) return failed(error);
          throw error;
        }
      },
    })),
  );
}
