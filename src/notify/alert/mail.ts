import { FatalError, RetryableError } from '../../errors.ts';
import type { AlertSettings } from '../../model/alert.ts';
import { isHere } from './address.ts';
import { asMail, type Notice, oneLine } from './notice.ts';
import { LIMIT } from './tries.ts';

/** Of what nodemailer says: the server was not reached, or not understood. All else is settled by the server's status. */
const IN_PASSING = new Set(['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'EPROTOCOL', 'EABORT', 'ESTREAM']);

type SmtpError = { readonly code?: string; readonly responseCode?: number; readonly message: string };

/**
 * Sends a notice once, as one mail to all.
 * @returns recipients that the server refused, where it took others.
 * @throws RetryableError where the server is away or refuses for now (4xx), FatalError where it refuses for good.
 */
export async function mailNotice(
  { to, from, smtpUrl }: NonNullable<AlertSettings['email']>,
  notice: Notice,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // Loaded only here: it takes longer than all else that a command loads.
  const { createTransport } = await import('nodemailer');
  const url = new URL(smtpUrl);
  const transport = createTransport({
    // What is in the address wins over what is here.
    url: smtpUrl,
    requireTLS: url.password !== '' && !isHere(url),
    dnsTimeout: LIMIT,
    // A server that does not close would keep the process alive.
    socketCloseTimeout: 0,
  });
  try {
    const { rejected } = await transport.sendMail({
      from,
      to: [...to],
      ...asMail(notice),
      // RFC 3834: no holiday replies.
      headers: { 'Auto-Submitted': 'auto-generated' },
      signal,
    });
    return rejected;
  } catch (cause) {
    throw refusal(cause as SmtpError, url, signal);
  } finally {
    transport.close();
  }
}

function refusal(cause: SmtpError, { hostname }: URL, signal: AbortSignal): Error {
  const { code, responseCode, message } = cause;
  const why = signal.aborted ? 'no answer in time' : oneLine(message, 300);
  const details = { op: 'send alert', cause, hint: 'check SMTP_URL, ALERT_EMAIL_TO and ALERT_EMAIL_FROM' };
  const text = `SMTP_URL: ${hostname}: ${why}`;
  const isPassing = responseCode === undefined ? IN_PASSING.has(code ?? '') : responseCode < 500;
  return isPassing ? new RetryableError(text, details) : new FatalError(text, details);
}
