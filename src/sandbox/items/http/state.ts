import type { Tokens } from '../api/tokens.ts';
import type { Collections } from '../data/collections.ts';
import type { ItemsFaults } from '../faults.ts';
import type { ItemsSettings } from '../options.ts';

/** A request that reached the server of items. */
export type ItemsRequest = {
  readonly method: string;
  /** `other`: the second address, which is another origin. */
  readonly origin: 'main' | 'other';
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** 0 until the request is answered; stays 0 if it never is. */
  status: number;
  /** Bytes of the body that were sent. */
  bytes: number;
};

/** The state of a server of items, which answers depend on. */
export type ItemsState = {
  readonly settings: ItemsSettings;
  readonly collections: Collections;
  readonly tokens: Tokens;
  readonly faults: ItemsFaults;
  readonly requests: ItemsRequest[];
  /** Requests by path. */
  readonly counts: Map<string, number>;
  tokenSeconds: number;
  stop(): Promise<void>;
};
