import { formatRemedy } from '../../db/alterations.ts';
import type { Session } from '../../db/pool.ts';
import { readUniqueIndexes } from '../../db/unique-indexes.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { ConfigError } from '../../errors.ts';
import { compareTables } from '../check-tables.ts';

/** The differences between the tables and the schema. */
export type TableState = {
  /** Why a run would refuse the tables. */
  readonly refusal: ConfigError | undefined;
  /** Columns that are narrower than their field, and the remedy; undefined if there are none. */
  readonly narrowed: { readonly columns: readonly string[]; readonly remedy: string } | undefined;
  /** Unique indexes that the user added. */
  readonly indexes: readonly string[];
};

export async function inspectTables(
  session: Session,
  datasets: readonly Dataset[],
  catalogue: readonly Dataset[],
): Promise<TableState> {
  const { altered, refusal } = await compareTables(session, datasets, catalogue);
  return {
    refusal,
    narrowed:
      altered.length === 0
        ? undefined
        : { columns: altered.map(({ description }) => description), remedy: formatRemedy(altered) },
    indexes: await readUniqueIndexes(session),
  };
}
