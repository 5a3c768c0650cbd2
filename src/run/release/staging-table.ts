import type { ReleaseTable } from '../../dataset/release-table.ts';
import type { SendMethod } from '../../load/release/send-rows.ts';

/** Where rows of an import go. */
export type StagingTable = {
  readonly id: number;
  readonly table: ReleaseTable;
  /** What the table is called until it is published. */
  readonly name: string;
  readonly collation: string;
  readonly method: SendMethod;
  /** The length in characters of each text column, in bytes of those without limit. */
  readonly widths: Map<string, number>;
};
