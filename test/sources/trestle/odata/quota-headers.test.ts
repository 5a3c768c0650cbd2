import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordAnswer, recordSend, type QuotaLimits, planWait } from '../../../../src/http/quota.ts';
import { readQuotaHeaders } from '../../../../src/sources/trestle/odata/quota-headers.ts';

const NOW = Date.UTC(2026, 2, 19, 12);

test('promise 11: reads both windows', () => {
  const headers = {
    'minute-quota-limit': '180.0',
    'minute-quota-available': '3',
    'hour-quota-limit': '7200.0',
    'hour-quota-available': '7199.0',
    'hour-quota-resettime': `${NOW}.0`,
  };
  expect(readQuotaHeaders(headers)).toEqual({
    minute: { limit: 180, left: 3 },
    hour: { limit: 7200, left: 7199, resetAt: NOW },
  });
});

test.each<[Record<string, string>]>([
  [{}],
  [{ quotatype: 'Api' }],
  [{ 'hour-quota-resettime': String(NOW) }],
  [{ 'minute-quota-limit': '', 'minute-quota-available': '-1' }],
  [{ 'minute-quota-limit': 'NaN', 'hour-quota-available': 'Infinity' }],
])('promise 11: %o states nothing', (headers) => {
  expect(readQuotaHeaders(headers)).toEqual({});
});

test('promise 11: no header value makes a decision fail', () => {
  const limits: QuotaLimits = { reservePercent: 10, minute: 60_000 };
  const odd = fc.oneof(
    fc.constantFrom('', ' ', 'NaN', '-1', 'Infinity', '180.0', '0', '1e9', 'x'),
    fc.string(),
  );
  const names = ['minute', 'hour'].flatMap((name) =>
    ['limit', 'available', 'resettime'].map((part) => `${name}-quota-${part}`),
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...names), odd),
      fc.option(fc.nat(2 * NOW), { nil: undefined }),
      (headers, date) => {
        const answered = recordAnswer({ sent: [] }, readQuotaHeaders(headers), date, NOW);
        const quota = recordSend(answered, limits, NOW);
        const wait = planWait(quota, limits, NOW + 1);
        if (wait !== undefined) expect(wait.ms).toBeGreaterThan(0);
        expect(JSON.stringify(quota)).not.toContain('null');
      },
    ),
    { numRuns: 500 },
  );
});
