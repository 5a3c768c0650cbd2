import { ConfigError } from '../errors.ts';
import { formatSize } from '../lib/size.ts';

/**
 * Bytes. A statement for one listing has 9 KB of names and takes at most half of the server's limit; a listing has 15 to
 * 40 KB. Below this, hardly any listing could be stored, and all would go to quarantine.
 */
export const MIN_PACKET_BYTES = 65_536;

/** The error for a server whose max_allowed_packet is too small to work with; undefined if it is not. */
export function findPacketError(bytes: number): ConfigError | undefined {
  if (!(bytes < MIN_PACKET_BYTES)) return undefined;
  return new ConfigError(
    `the database takes only statements of ${formatSize(bytes)} (max_allowed_packet); a listing needs ${formatSize(MIN_PACKET_BYTES)}`,
    {
      op: 'look at max_allowed_packet',
      hint: "as the database's administrator: SET GLOBAL max_allowed_packet = 67108864, and the same in the server's configuration",
    },
  );
}
