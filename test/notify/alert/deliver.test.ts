import { expect, test } from 'vitest';
import { deliver, openChannels } from '../../../src/notify/alert/deliver.ts';
import { FatalError, RetryableError } from '../../../src/errors.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { type Line, recorder } from './desk.ts';
import { settings } from './facts.ts';
import { notice } from './notices.ts';

const email = { to: ['ops@example.com'], from: 'etl@example.com', smtpUrl: 'smtp://localhost' };
const webhook = { url: 'http://localhost/hook', format: 'json' } as const;

test('opens the channels that are configured', () => {
  expect([...openChannels(settings).keys()]).toEqual([]);
  expect([...openChannels({ ...settings, email }).keys()]).toEqual(['email']);
  expect([...openChannels({ ...settings, email, webhook }).keys()]).toEqual(['email', 'webhook']);
});

/** What is said and logged of a delivery that goes like this. */
async function told(send: () => Promise<readonly string[]>) {
  const lines: Line[] = [];
  const patience = { clock: fakeClock(), random: () => 1, signal: new AbortController().signal };
  const delivery = await deliver(['email', send], notice, recorder(lines), patience);
  return { delivery, lines };
}

const what = { way: 'email', kind: 'stale', state: 'raised' };

test('promise 20: a sent alert is logged', async () => {
  const { delivery, lines } = await told(async () => []);
  expect(delivery).toEqual({ channel: 'email', refused: [], error: undefined, ms: 0 });
  expect(lines).toEqual([{ level: 'info', message: 'alert sent', data: what }]);
});

test('promise 20: a permanent failure is logged with its cause, and does not throw', async () => {
  const error = new FatalError('550 never', { op: 'send alert' });
  const { delivery, lines } = await told(() => Promise.reject(error));
  expect(delivery).toEqual({ channel: 'email', refused: [], error, ms: 0 });
  expect(lines).toEqual([
    { level: 'error', message: 'an alert could not be sent', data: { ...what, err: error } },
  ]);
});

test('promise 20: a temporary failure is retried', async () => {
  let tries = 0;
  const { delivery } = await told(async () => {
    tries += 1;
    if (tries < 3) throw new RetryableError('away', { op: 'send alert' });
    return [];
  });
  expect([tries, delivery.error]).toEqual([3, undefined]);
});

test('refused recipients are logged', async () => {
  const { delivery, lines } = await told(async () => ['boss@example.com']);
  expect(delivery).toMatchObject({ refused: ['boss@example.com'], error: undefined });
  expect(lines.at(-1)).toMatchObject({ level: 'error', data: { refused: ['boss@example.com'] } });
});
