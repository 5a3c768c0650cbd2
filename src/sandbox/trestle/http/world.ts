import type { FaultList } from '../faults.ts';
import type { Feed } from '../feed.ts';
import type { Replications } from '../odata/replication.ts';
import type { Settings } from '../options.ts';
import type { Seen } from '../seen.ts';
import type { Store } from '../store.ts';
import type { Quota } from './quota.ts';
import type { Tokens } from './token.ts';

/** Everything that answering a request needs. */
export type World = {
  readonly settings: Settings;
  readonly feed: Feed;
  readonly store: Store;
  readonly tokens: Tokens;
  readonly quota: Quota;
  readonly faults: FaultList;
  readonly replications: Replications;
  readonly requests: Seen[];
  onRequest: ((seen: Seen) => void | Promise<void>) | undefined;
  stop(): Promise<void>;
};
