import type { AlertSettings } from '../../model/alert.ts';
import type { Logger } from '../../model/log.ts';
import type { ProxySettings } from '../../http/proxy.ts';
import type { Way } from './ledger.ts';
import { mailNotice } from './mail.ts';
import type { Notice } from './notice.ts';
import { type Patience, tried } from './tries.ts';
import { postNotice } from './webhook.ts';

/** Sends a notice once. @returns recipients that were refused where others were not. */
type Send = (notice: Notice, signal: AbortSignal) => Promise<readonly string[]>;

export type Ways = ReadonlyMap<Way, Send>;

/** What became of one notice on one way. */
export type Delivery = {
  readonly way: Way;
  readonly refused: readonly string[];
  /** Undefined: it was sent. */
  readonly error: Error | undefined;
  /** Milliseconds that it took. */
  readonly ms: number;
};

/** Those that are set. */
export function waysOf({ email, webhook }: AlertSettings, proxies?: ProxySettings): Ways {
  const ways = new Map<Way, Send>();
  if (email !== undefined) ways.set('email', (notice, signal) => mailNotice(email, notice, signal));
  if (webhook !== undefined) {
    ways.set('webhook', async (notice, signal) => {
      await postNotice(webhook, notice, signal, proxies);
      return [];
    });
  }
  return ways;
}

/** One notice on one way, with new tries; logged. Never throws. */
export async function deliver(
  [way, send]: readonly [Way, Send],
  notice: Notice,
  log: Logger,
  patience: Patience,
): Promise<Delivery> {
  const what = { way, kind: notice.kind, state: notice.state };
  const start = patience.clock.now();
  try {
    const refused = await tried((signal) => send(notice, signal), patience);
    log.info(what, 'alert sent');
    if (refused.length > 0) log.error({ ...what, refused }, 'an alert was refused for some recipients');
    return { way, refused, error: undefined, ms: patience.clock.now() - start };
  } catch (err) {
    log.error({ ...what, err }, 'an alert could not be sent');
    const error = err instanceof Error ? err : new Error(String(err));
    return { way, refused: [], error, ms: patience.clock.now() - start };
  }
}
