import type { ODataClient } from './client.ts';

/** The service that is read, and how. */
export type Feed = {
  readonly client: ODataClient;
  /** Service root without a slash at its end. */
  readonly base: string;
  readonly pageSize: number;
  /** A filter of the user's own, by resource. */
  readonly filters: Readonly<Record<string, string | undefined>>;
  /** Whether records come with the display names of enums. */
  readonly prettyEnums?: boolean;
};
