import { join } from 'node:path';
import { type AlertOptions, createAlerts, type Alerts } from '../../../src/notify/alert/index.ts';
import type { AlertSettings } from '../../../src/model/alert.ts';
import type { Logger } from '../../../src/model/log.ts';
import { fakeClock, type FakeClock } from '../../helpers/fake-clock.ts';
import { temporaryFolder } from '../../helpers/pipeline.ts';
import { settings } from './facts.ts';

export type Line = {
  readonly level: string;
  readonly message: string;
  readonly data: Record<string, unknown>;
};

/** Collects log lines. */
export function recorder(lines: Line[]): Logger {
  const at = (level: string) => (data: object, message: string) =>
    void lines.push({ level, message, data: { ...data } });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export type Desk = {
  readonly alerts: Alerts;
  readonly lines: Line[];
  readonly clock: FakeClock;
  readonly options: AlertOptions;
};

/** Alerts as context.ts builds them, with a fixed clock and a separate ledger. */
export function desk(
  ways: Pick<Partial<AlertSettings>, 'email' | 'webhook'>,
  more: Partial<AlertOptions> = {},
): Desk {
  const lines: Line[] = [];
  const clock = fakeClock();
  const options: AlertOptions = {
    settings: { ...settings, ...ways },
    file: join(temporaryFolder(), 'alerts.json'),
    host: 'etl-1',
    database: 'homes',
    clock,
    random: () => 1,
    log: recorder(lines),
    clean: (text) => text,
    asCalled: (text) => text,
    signal: new AbortController().signal,
    // Not what is tested here: machines can be slow.
    limit: 60_000,
    ...more,
  };
  return { alerts: createAlerts(options), lines, clock, options };
}
