import type { AlertSettings } from '../../model/alert.ts';
import type { Logger } from '../../model/log.ts';
import type { ProxySettings } from '../../http/proxy.ts';
import type { Channel } from './ledger.ts';
import { mailNotice } from './mail.ts';
import type { Notice } from './notice.ts';
import { type RetryContext, withRetries } from './retries.ts';
import { postNotice } from './webhook.ts';

/** Sends a notice once. @returns refused recipients, if others were accepted. */
type SendNotice = (notice: Notice, signal: AbortSignal) => Promise<readonly string[]>;

export type Channels = ReadonlyMap<Channel, SendNotice>;

/** The result of sending one notice on one channel. */
export type Delivery = {
  readonly channel: Channel;
  readonly refused: readonly string[];
  /** Undefined if it was sent. */
  readonly error: Error | undefined;
  /** Duration in milliseconds. */
  readonly ms: number;
};

/** Opens the channels that are configured. */
export function openChannels({ email, webhook }: AlertSettings, proxies?: ProxySettings): Channels {
  const channels = new Map<Channel, SendNotice>();
  if (email !== undefined) channels.set('email', (notice, signal) => mailNotice(email, notice, signal));
  if (webhook !== undefined) {
    channels.set('webhook', async (notice, signal) => {
      await postNotice(webhook, notice, signal, proxies);
      return [];
    });
  }
  return channels;
}

/** Sends a notice on one channel, with retries, and logs the result. Never throws. */
export async function deliver(
  [channel, send]: readonly [Channel, SendNotice],
  notice: Notice,
  log: Logger,
  context: RetryContext,
): Promise<Delivery> {
  const fields = { way: channel, kind: notice.kind, state: notice.state };
  const start = context.clock.now();
  try {
    const refused = await withRetries((signal) => send(notice, signal), context);
    log.info(fields, 'alert sent');
    if (refused.length > 0) log.error({ ...fields, refused }, 'an alert was refused for some recipients');
    return { channel, refused, error: undefined, ms: context.clock.now() - start };
  } catch (err) {
    log.error({ ...fields, err }, 'an alert could not be sent');
    const error = err instanceof Error ? err : new Error(String(err));
    return { channel, refused: [], error, ms: context.clock.now() - start };
  }
}
