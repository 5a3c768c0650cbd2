import { expect, test } from 'vitest';
import { formatChecks } from '../../../src/commands/doctor/format.ts';

test('each check is a line, with more of what was found and the advice below', () => {
  const text = formatChecks([
    { name: 'Node', result: 'ok', what: '20.19.0' },
    { name: 'configuration', result: 'fail', what: 'A is wrong\nB is wrong', advice: 'mend them' },
    { name: 'lock', result: 'skipped', what: 'needs: configuration' },
    { name: 'cron', result: 'warn', what: 'nothing', advice: 'crontab -e' },
  ]);
  expect(text).toBe(`ok    Node           20.19.0
FAIL  configuration  A is wrong
                     B is wrong
                     → mend them
-     lock           needs: configuration
warn  cron           nothing
                     → crontab -e

1 ok, 1 to look at, 1 failed, 1 skipped`);
});
