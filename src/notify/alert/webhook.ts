import type { AlertSettings } from '../../model/alert.ts';
import type { ProxySettings } from '../../http/proxy.ts';
import { sendRequest } from '../request.ts';
import { formatSlack, type Notice } from './notice.ts';

/** Posts a notice once. @throws RetryableError or FatalError, see `sendRequest`. */
export async function postNotice(
  { url, format }: NonNullable<AlertSettings['webhook']>,
  notice: Notice,
  signal: AbortSignal,
  proxies?: ProxySettings,
): Promise<void> {
  const body = format === 'slack' ? formatSlack(notice) : notice;
  await sendRequest({ op: 'post alert', variable: 'ALERT_WEBHOOK_URL', address: url, proxies, body }, signal);
}
