import * as z from '../../../lib/zod.ts';

/** How a record becomes an item: the fields of `item:` in sources.yaml. */
export const itemMapping = z.record(
  z.string(),
  z.union([z.string(), z.array(z.string()), z.record(z.string(), z.string())]),
);

export type ItemMapping = z.output<typeof itemMapping>;
