import type { Additions } from '../dataset/addition.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { ProxySettings } from '../http/proxy.ts';
import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { Meter } from '../model/usage.ts';
import type { Check, CheckTools } from './check.ts';
import type { Source } from './source.ts';

/** What a source is opened with. */
export type SourceTools = {
  /** A folder of this user's alone, for what is kept from run to run: tokens, quotas. */
  readonly stateDir: string;
  readonly proxies: ProxySettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Counts each request of this source. */
  readonly meter: Pick<Meter, 'begin'>;
  /** Keeps a secret that was received, such as a token, out of logs and messages. */
  readonly onSecret: (secret: string) => void;
  /** For a person who waits: each request is sent once, and no quota is waited for. */
  readonly isInteractive: boolean;
  /** Records a batch at most, for a source that can limit them; its own setting unless set. */
  readonly maxRecords?: number;
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
  /**
   * What `doctor` examines of it; without these it reads the first batch of each dataset. They are listed for a wrong
   * configuration too: then there are no datasets, and only checks may run that do not need `configuration`.
   */
  checks?(datasets: readonly Dataset[], tools: () => CheckTools<Settings>): readonly Check[];
};
