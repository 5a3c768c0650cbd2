import { expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline } from '../helpers/pipeline.ts';

test('try', async () => {
  const { sandbox, db, run, lines } = await pipeline({ listings: 1000, mediaPerListing: 20 });
  const outcome = await run({ mode: 'full-load' }, { childStrategy: 'expand' });
  console.log(JSON.stringify(outcome, null, 1));
  console.log(
    sandbox.requests
      .map((r) => `${r.kind} ${r.resource} ${r.query['$top']} ${r.query['$expand'] ?? ''} ${r.status}`)
      .join('\n'),
  );
  console.log(
    lines
      .filter((l) => l.level === 'warn')
      .map((l) => JSON.stringify(l))
      .join('\n'),
  );
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
});
