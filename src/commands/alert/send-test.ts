import type { Context } from '../../app/context.ts';
import { ConfigError, FatalError } from '../../errors.ts';

/**
 * `alert test`: sends a test by every way that is set, and says what became of each.
 * @throws ConfigError where none is set, FatalError where one does not work.
 */
export async function sendTest({ alerts, tools }: Context, print: (text: string) => void): Promise<void> {
  if (!alerts.isEnabled) {
    throw new ConfigError('no alert can be sent: nobody is named to get it', {
      op: 'alert',
      hint: 'set ALERT_WEBHOOK_URL, or ALERT_EMAIL_TO, ALERT_EMAIL_FROM and SMTP_URL',
    });
  }
  const deliveries = await alerts.test();
  for (const { channel, refused, error } of deliveries) {
    const but = refused.length === 0 ? '' : `, but refused for ${refused.join(', ')}`;
    print(`${channel}: ${error === undefined ? `sent${but}` : tools.clean(error.message)}`);
  }
  const bad = deliveries.filter(({ refused, error }) => error !== undefined || refused.length > 0);
  if (bad.length === 0) return;
  throw new FatalError(
    `the test did not reach everybody by ${bad.map(({ channel }) => channel).join(' and ')}`,
    {
      op: 'alert',
      hint: 'what is above tells why; errors.log has more',
    },
  );
}
