import type { Additions } from '../dataset/addition.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { ProxySettings } from '../http/proxy.ts';
import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { Meter } from '../model/usage.ts';
import type { Source } from './source.ts';

/** What a source is opened with. */
export type SourceTools = {
  /** A folder that only this user can read, for what is stored between runs: tokens, quotas. */
  readonly stateDir: string;
  readonly proxies: ProxySettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Counts each request of this source. */
  readonly meter: Pick<Meter, 'begin'>;
  /** Keeps a secret that was received, such as a token, out of logs and messages. */
  readonly onSecret: (secret: string) => void;
  /** A user is waiting: each request is sent once, without waiting for a quota. */
  readonly isInteractive: boolean;
};

/** A kind of source: one folder, and one line in the registry. */
export type SourceDefinition<Settings> = {
  /** Its name in commands, tables and logs. */
  readonly id: string;
  /** All datasets that it can have, parents before their children. Names are unique across sources. */
  readonly catalogue: readonly Dataset[];
  /** Those that are configured, with the user's own columns, in the order in which a run takes them. */
  datasets(settings: Settings, additions: Additions): readonly Dataset[];
  open(settings: Settings, tools: SourceTools): Source;
};
