import { FatalError } from '../../errors.ts';
import { formatDuration } from '../../lib/duration.ts';
import type { ProxySettings } from '../../http/proxy.ts';
import type { AlertSettings, RunReport } from '../../model/alert.ts';
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/log.ts';
import { evaluateRules } from './rules.ts';
import { deliver, type Delivery, type Channels, openChannels } from './deliver.ts';
import { claim, type DueAlert, selectDue, type Ledger, readLedger, settle, writeLedger } from './ledger.ts';
import { type Notice, cleanNotice } from './notice.ts';
import { LIMIT_MS, withDeadline } from './retries.ts';

export type AlertOptions = {
  readonly settings: AlertSettings;
  /** For webhooks, not for mail. */
  readonly proxies?: ProxySettings;
  /** The file that records the sent alerts. */
  readonly file: string;
  readonly host: string;
  readonly database: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Removes secrets from a text. */
  readonly clean: (text: string) => string;
  /** Adds the flag of this configuration to the commands in a text. */
  readonly asCalled: (text: string) => string;
  /** Aborts every delivery. */
  readonly signal: AbortSignal;
  /** Maximum milliseconds for all deliveries of a run together. */
  readonly limit?: number;
};

export type Alerts = {
  /** Whether any channel is configured. */
  readonly isEnabled: boolean;
  /** Sends the alerts of a report that were not sent recently. Takes ten seconds at most, and never throws. */
  notify(report: RunReport): Promise<void>;
  /** Sends a test on every configured channel, regardless of the ledger. A delivery that exceeds the limit of a run has failed. */
  test(): Promise<readonly Delivery[]>;
};

/** The user waits for it, and mail servers can be slow. */
const TEST_LIMIT_MS = 20_000;

export function createAlerts(options: AlertOptions): Alerts {
  const channels = openChannels(options.settings, options.proxies);
  return {
    isEnabled: channels.size > 0,
    notify: async (report) => {
      try {
        await sendDueAlerts(options, channels, report);
      } catch (err) {
        options.log.error({ err }, 'alerts could not be sent');
      }
    },
    test: async () => {
      const notice = createTestNotice(options);
      const done = await withDeadline([options.signal], TEST_LIMIT_MS, (signal) =>
        Promise.all(
          [...channels].map((channel) => deliver(channel, notice, options.log, { ...options, signal })),
        ),
      );
      return done.map((delivery) => failIfSlow(delivery, options.limit ?? LIMIT_MS));
    },
  };
}

function failIfSlow(delivery: Delivery, limit: number): Delivery {
  if (delivery.error !== undefined || delivery.ms <= limit) return delivery;
  const [took, limitText] = [formatDuration(delivery.ms), formatDuration(limit)];
  const error = new FatalError(
    `sent, but after ${took}: a run waits only ${limitText}, and its alerts would be lost`,
    {
      op: 'send alert',
      hint: 'use a faster server, such as a mail relay on this machine',
    },
  );
  return { ...delivery, error };
}

async function sendDueAlerts(options: AlertOptions, channels: Channels, report: RunReport): Promise<void> {
  const { settings, file, clock, log } = options;
  const now = clock.now();
  const verdicts = evaluateRules(report, settings);
  const due = selectDue(readLedger(file), [...channels.keys()], verdicts, now, settings.repeat);
  if (due.length === 0) return;
  updateLedger(options, (ledger) => claim(ledger, due, now));
  const done = await withDeadline([options.signal], options.limit ?? LIMIT_MS, (signal) =>
    Promise.all(
      due.map(async (each) => {
        const notice = createNotice(options, report, each, now);
        const send = channels.get(each.channel)!;
        const { error } = await deliver([each.channel, send], notice, log, { ...options, signal });
        return { ...each, isSent: error === undefined };
      }),
    ),
  );
  updateLedger(options, (ledger) => settle(ledger, done, now));
  const sent = done.filter(({ isSent }) => isSent).length;
  log.info({ sent, failed: done.length - sent }, 'alerts');
}

/** Reads the file again, because another process may have written it. If it cannot be written, alerts are repeated. */
function updateLedger({ file, log }: AlertOptions, change: (ledger: Ledger) => Ledger): void {
  try {
    writeLedger(file, change(readLedger(file)));
  } catch (err) {
    log.error({ err, file }, 'the sent alerts could not be recorded');
  }
}

function createNotice(
  options: AlertOptions,
  report: RunReport,
  { verdict, since }: DueAlert,
  now: number,
): Notice {
  const { kind, isRaised, title, text } = verdict;
  const notice = {
    kind,
    state: isRaised ? 'raised' : 'recovered',
    title: options.asCalled(title),
    text: options.asCalled([text, ...describeHistory(isRaised, since)].join('\n')),
    host: options.host,
    database: options.database,
    run: report.run ?? null,
    time: new Date(now).toISOString(),
    facts: verdict.facts,
  } as const;
  return cleanNotice(notice, options.clean);
}

function describeHistory(isRaised: boolean, since: number | null): string[] {
  if (since === null) return [];
  const time = `${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [isRaised ? `First reported on ${time}; it continues.` : `The alert of ${time} is over.`];
}

function createTestNotice({ host, database, clock, clean }: AlertOptions): Notice {
  const notice = {
    kind: 'test',
    state: 'test',
    title: `a test from ${host}`,
    text: 'Alerts of trestle-etl arrive here. This is only a test: there is nothing to do.',
    host,
    database,
    run: null,
    time: new Date(clock.now()).toISOString(),
    facts: {},
  } as const;
  return cleanNotice(notice, clean);
}
