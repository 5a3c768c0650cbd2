import { ConfigError } from '../errors.ts';
import { formatSize } from '../lib/size.ts';

/**
 * A statement for one listing has 9 KB of names and uses at most half of the server's limit; a listing has 15 to 40 KB.
 * Below this limit almost every listing would go to quarantine.
 */
export const MIN_PACKET_BYTES = 65_536;

/** Returns an error if the server's max_allowed_packet is too small; otherwise undefined. */
export function findPacketError(bytes: number): ConfigError | undefined {
  if (!(bytes < MIN_PACKET_BYTES)) return undefined;
  return new ConfigError(
    `the database takes only statements of ${formatSize(bytes)} (max_allowed_packet); a listing needs ${formatSize(MIN_PACKET_BYTES)}`,
    {
      op: 'check max_allowed_packet',
      hint: "as the database's administrator: SET GLOBAL max_allowed_packet = 67108864, and the same in the server's configuration",
    },
  );
}
