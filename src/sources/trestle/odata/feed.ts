import type { Clock } from '../../../model/clock.ts';
import type { ODataClient } from './client.ts';

/** The service, and how it is read. */
export type Feed = {
  readonly client: ODataClient;
  readonly clock: Clock;
  /** Service root, without a trailing slash. */
  readonly base: string;
  readonly pageSize: number;
  /** The user's own filters, by dataset. */
  readonly filters: Readonly<Record<string, string | undefined>>;
  /** Whether records come with the display names of enums. */
  readonly prettyEnums?: boolean;
};
