import type { ArchiveStore } from '../archive/store.ts';
import type { CountyFaults } from '../faults.ts';
import type { CountySettings } from '../options.ts';

/** A request that reached the county server. */
export type CountyRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** 0 until the request is answered; stays 0 if it never is. */
  status: number;
  /** Bytes of the body that were sent. */
  bytes: number;
};

/** The state of a county server, which answers depend on. */
export type CountyState = {
  readonly settings: CountySettings;
  readonly store: ArchiveStore;
  readonly faults: CountyFaults;
  readonly requests: CountyRequest[];
  release: number;
  stop(): Promise<void>;
};
