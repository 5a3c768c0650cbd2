import { expect, test } from 'vitest';
import type { Notice } from '../../src/notify/alert/notice.ts';
import { trestle } from '../helpers/cli.ts';
import { countyFolder, prints } from '../helpers/county-folder.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';

test('a refused release raises an alert that neither the feed nor a later sync clears', async () => {
  const hook = await scriptedServer({});
  const feed = await sandboxFor({ listings: 20 });
  const { folder, county } = await countyFolder({
    feed,
    env: { ALERT_WEBHOOK_URL: `${hook.origin}/hook`, ALERT_DISK_FREE: '1k' },
  });
  const readNotices = (): string[] =>
    hook.asked.map(({ body }) => JSON.parse(body) as Notice).map(({ kind, state }) => `${kind} ${state}`);
  try {
    await prints(folder, 'sync');
    expect(readNotices()).toEqual([]);
    county.setRelease(2);
    county.faults.add({ kind: 'half-rows', table: 'land' });
    expect(await trestle(folder, ['sync', 'hcad'])).toMatchObject({ code: 1 });
    expect(readNotices().toSorted()).toEqual(['failed raised', 'release raised']);
    await prints(folder, 'sync', 'trestle');
    expect(readNotices()).toHaveLength(2);
    // The publisher still has it: the run succeeds, and the release stays refused.
    await prints(folder, 'sync', 'hcad');
    expect(readNotices().filter((each) => each.startsWith('release'))).toEqual(['release raised']);
    county.faults.clear();
    county.setRelease(3);
    await prints(folder, 'sync', 'hcad');
    expect(readNotices()).toContain('release recovered');
  } finally {
    await hook.close();
  }
});
