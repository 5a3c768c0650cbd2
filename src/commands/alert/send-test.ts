import type { Context } from '../../app/context.ts';
import { ConfigError, FatalError } from '../../errors.ts';

/**
 * `alert test`: sends a test through every configured channel and reports the result of each.
 * @throws ConfigError if no channel is configured, FatalError if one fails.
 */
export async function sendTest({ alerts, tools }: Context, print: (text: string) => void): Promise<void> {
  if (!alerts.isEnabled) {
    throw new ConfigError('no alert can be sent: no recipient is configured', {
      op: 'alert',
      hint: 'set ALERT_WEBHOOK_URL, or ALERT_EMAIL_TO, ALERT_EMAIL_FROM and SMTP_URL',
    });
  }
  const deliveries = await alerts.test();
  for (const { channel, refused, error } of deliveries) {
    const refusals = refused.length === 0 ? '' : `, but refused for ${refused.join(', ')}`;
    print(`${channel}: ${error === undefined ? `sent${refusals}` : tools.clean(error.message)}`);
  }
  const failures = deliveries.filter(({ refused, error }) => error !== undefined || refused.length > 0);
  if (failures.length === 0) return;
  throw new FatalError(
    `the test alert did not reach every recipient by ${failures.map(({ channel }) => channel).join(' and ')}`,
    {
      op: 'alert',
      hint: 'see the reasons above; errors.log has details',
    },
  );
}
