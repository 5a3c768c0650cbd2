import type { FaultList } from '../faults.ts';
import type { SandboxFeed } from '../feed.ts';
import type { Replications } from '../odata/replication.ts';
import type { SandboxSettings } from '../options.ts';
import type { SeenRequest } from '../seen-request.ts';
import type { Store } from '../store.ts';
import type { QuotaCounter } from './quota.ts';
import type { TokenIssuer } from './token.ts';

/** The state of a sandbox, which answers depend on. */
export type SandboxState = {
  readonly settings: SandboxSettings;
  readonly feed: SandboxFeed;
  readonly store: Store;
  readonly tokens: TokenIssuer;
  readonly quota: QuotaCounter;
  readonly mediaQuota: QuotaCounter;
  /** Origin that media are redirected to; undefined if they are not. */
  cdnOrigin: string | undefined;
  readonly faults: FaultList;
  readonly replications: Replications;
  readonly requests: SeenRequest[];
  onRequest: ((seen: SeenRequest) => void | Promise<void>) | undefined;
  stop(): Promise<void>;
};
