import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { itemsSetting } from '../helpers/items-e2e.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';

test('promise 19: secrets that were typed into sources.yaml are hidden in logs, messages and the run log', async () => {
  const server = await scriptedServer({
    data: ({ headers, target }) => ({
      status: 400,
      body: {
        message: `you sent ${String(headers.authorization)} and ${String(headers['x-api-key'])}`,
        target,
      },
    }),
  });
  onTestFinished(() => server.close());
  const { run, db, configure, folder } = await itemsSetting();
  configure({
    notes: {
      type: 'api',
      url: `${server.origin}/notes?app_id=geheim-in-url`,
      query: { key: 'geheim-in-query' },
      headers: { 'X-Api-Key': 'geheim-in-header' },
      auth: { bearer: 'geheim-in-auth' },
      item: { external_id: 'id', title: 'title' },
    },
  });
  const ended = await run('sync');
  expect(ended.code).not.toBe(0);
  expect(server.asked[0]!.target).toContain('geheim-in-query');
  const logs = readdirSync(join(folder, 'logs')).map((name) =>
    readFileSync(join(folder, 'logs', name), 'utf8'),
  );
  const rows = await db.query('SELECT * FROM etl_sync_log');
  const seen = [ended.stderr, ended.stdout, ...logs, JSON.stringify(rows)].join('\n');
  expect(seen.match(/geheim[\w-]*/g)).toBeNull();
  expect(seen).toContain('[hidden]');
});
