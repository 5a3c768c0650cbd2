import { FatalError, RetryableError } from '../../errors.ts';
import type { AlertSettings } from '../../model/alert.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { formatMail, type Notice, toOneLine } from './notice.ts';
import { LIMIT_MS } from './retries.ts';

/** Codes of nodemailer for a server that was not reached or not understood. Otherwise the server's status decides. */
const TRANSIENT_CODES = new Set([
  'ECONNECTION',
  'ETIMEDOUT',
  'ESOCKET',
  'EDNS',
  'EPROTOCOL',
  'EABORT',
  'ESTREAM',
]);

type SmtpError = { readonly code?: string; readonly responseCode?: number; readonly message: string };

/**
 * Sends a notice once, as one mail to all.
 * @returns recipients that the server refused, if it accepted others.
 * @throws RetryableError if the server is unreachable or refuses temporarily (4xx), FatalError if it refuses permanently.
 */
export async function mailNotice(
  { to, from, smtpUrl }: NonNullable<AlertSettings['email']>,
  notice: Notice,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // Loaded only here: it takes longer to load than everything else in a command.
  const { createTransport } = await import('nodemailer');
  const url = new URL(smtpUrl);
  const transport = createTransport({
    // Options in the address override these.
    url: smtpUrl,
    requireTLS: url.password !== '' && !isLoopback(url),
    dnsTimeout: LIMIT_MS,
    // A server that does not close would keep the process alive.
    socketCloseTimeout: 0,
  });
  try {
    const { rejected } = await transport.sendMail({
      from,
      to: [...to],
      ...formatMail(notice),
      // Prevents automatic replies: RFC 3834.
      headers: { 'Auto-Submitted': 'auto-generated' },
      signal,
    });
    return rejected;
  } catch (cause) {
    throw toDeliveryError(cause as SmtpError, url, signal);
  } finally {
    transport.close();
  }
}

function toDeliveryError(cause: SmtpError, { hostname }: URL, signal: AbortSignal): Error {
  const { code, responseCode, message } = cause;
  const why = signal.aborted ? 'no answer in time' : toOneLine(message, 300);
  const details = { op: 'send alert', cause, hint: 'check SMTP_URL, ALERT_EMAIL_TO and ALERT_EMAIL_FROM' };
  const text = `SMTP_URL: ${hostname}: ${why}`;
  const isTransient = responseCode === undefined ? TRANSIENT_CODES.has(code ?? '') : responseCode < 500;
  return isTransient ? new RetryableError(text, details) : new FatalError(text, details);
}
