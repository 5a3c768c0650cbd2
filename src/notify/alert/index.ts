import { FatalError } from '../../errors.ts';
import { formatDuration } from '../../lib/duration.ts';
import type { ProxySettings } from '../../http/proxy.ts';
import type { AlertSettings, RunReport } from '../../model/alert.ts';
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/log.ts';
import { judge } from './decide.ts';
import { deliver, type Delivery, type Ways, waysOf } from './deliver.ts';
import { claimed, type Due, dueNow, type Ledger, readLedger, settled, writeLedger } from './ledger.ts';
import { type Notice, tidied } from './notice.ts';
import { LIMIT, within } from './tries.ts';

export type AlertOptions = {
  readonly settings: AlertSettings;
  /** For webhooks; mail goes without. */
  readonly proxies?: ProxySettings;
  /** Where it is remembered what was sent. */
  readonly file: string;
  readonly host: string;
  readonly database: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Takes secrets out of a text. */
  readonly clean: (text: string) => string;
  /** Makes the commands in a text those of this configuration. */
  readonly asCalled: (text: string) => string;
  /** Ends every delivery. */
  readonly signal: AbortSignal;
  /** Milliseconds for all deliveries of a run together. */
  readonly limit?: number;
};

export type Alerts = {
  /** Whether anybody is to be told. */
  readonly isOn: boolean;
  /** Sends what these facts call for and was not sent lately. Takes ten seconds at most, and never throws. */
  tell(facts: RunReport): Promise<void>;
  /** Sends a test by every way that is set, whatever was sent lately. One that took longer than a run waits has failed. */
  test(): Promise<readonly Delivery[]>;
};

/** A person waits for it, and mail servers can be slow. */
const TEST_LIMIT = 20_000;

export function createAlerts(options: AlertOptions): Alerts {
  const ways = waysOf(options.settings, options.proxies);
  return {
    isOn: ways.size > 0,
    tell: async (facts) => {
      try {
        await tell(options, ways, facts);
      } catch (err) {
        options.log.error({ err }, 'alerts could not be sent');
      }
    },
    test: async () => {
      const notice = testNotice(options);
      const done = await within([options.signal], TEST_LIMIT, (signal) =>
        Promise.all([...ways].map((way) => deliver(way, notice, options.log, { ...options, signal }))),
      );
      return done.map((delivery) => inTime(delivery, options.limit ?? LIMIT));
    },
  };
}

function inTime(delivery: Delivery, limit: number): Delivery {
  if (delivery.error !== undefined || delivery.ms <= limit) return delivery;
  const [took, most] = [formatDuration(delivery.ms), formatDuration(limit)];
  const error = new FatalError(
    `sent, but after ${took}: a run waits for ${most} only, and its alerts would be lost`,
    {
      op: 'send alert',
      hint: 'find a server that answers sooner, such as one on this machine that passes mail on',
    },
  );
  return { ...delivery, error };
}

async function tell(options: AlertOptions, ways: Ways, facts: RunReport): Promise<void> {
  const { settings, file, clock, log } = options;
  const now = clock.now();
  const verdicts = judge(facts, settings);
  const due = dueNow(readLedger(file), [...ways.keys()], verdicts, now, settings.repeat);
  if (due.length === 0) return;
  remember(options, (ledger) => claimed(ledger, due, now));
  const done = await within([options.signal], options.limit ?? LIMIT, (signal) =>
    Promise.all(
      due.map(async (each) => {
        const notice = noticeOf(options, facts, each, now);
        const send = ways.get(each.way)!;
        const { error } = await deliver([each.way, send], notice, log, { ...options, signal });
        return { ...each, isSent: error === undefined };
      }),
    ),
  );
  remember(options, (ledger) => settled(ledger, done, now));
  const sent = done.filter(({ isSent }) => isSent).length;
  log.info({ sent, failed: done.length - sent }, 'alerts');
}

/** Another process may have written meanwhile: what it wrote is kept. Where nothing can be written, more is sent. */
function remember({ file, log }: AlertOptions, change: (ledger: Ledger) => Ledger): void {
  try {
    writeLedger(file, change(readLedger(file)));
  } catch (err) {
    log.error({ err, file }, 'which alerts were sent could not be remembered');
  }
}

function noticeOf(options: AlertOptions, facts: RunReport, { verdict, since }: Due, now: number): Notice {
  const { kind, isRaised, title, text } = verdict;
  const notice = {
    kind,
    state: isRaised ? 'raised' : 'recovered',
    title: options.asCalled(title),
    text: options.asCalled([text, ...history(isRaised, since)].join('\n')),
    host: options.host,
    database: options.database,
    run: facts.run ?? null,
    time: new Date(now).toISOString(),
    facts: verdict.facts,
  } as const;
  return tidied(notice, options.clean);
}

function history(isRaised: boolean, since: number | null): string[] {
  if (since === null) return [];
  const time = `${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [isRaised ? `It was first told on ${time}, and lasts.` : `The alert of ${time} is over.`];
}

function testNotice({ host, database, clock, clean }: AlertOptions): Notice {
  const notice = {
    kind: 'test',
    state: 'test',
    title: `a test from ${host}`,
    text: 'Alerts of trestle-etl arrive here. Nothing is wrong, and there is nothing to do.',
    host,
    database,
    run: null,
    time: new Date(clock.now()).toISOString(),
    facts: {},
  } as const;
  return tidied(notice, clean);
}
