import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { formatSlack } from '../../../src/notify/alert/notice.ts';
import { postNotice } from '../../../src/notify/alert/webhook.ts';
import { type ScriptedServer, scriptedServer } from '../../helpers/scripted-server.ts';
import { notice } from './notices.ts';

let server: ScriptedServer;

beforeAll(async () => {
  server = await scriptedServer({});
});

beforeEach(() => {
  server.asked.length = 0;
});

afterAll(() => server.close());

async function posted(format: 'json' | 'slack'): Promise<unknown> {
  const signal = AbortSignal.timeout(20_000);
  await postNotice({ url: `${server.origin}/hook`, format }, notice, signal);
  expect(server.asked).toMatchObject([{ method: 'POST', path: '/hook' }]);
  return JSON.parse(server.asked[0]!.body);
}

test('json: an object with what docs/configuration.md names', async () => {
  expect(await posted('json')).toEqual(notice);
  expect(Object.keys(notice)).toEqual([
    'kind',
    'state',
    'title',
    'text',
    'host',
    'database',
    'run',
    'time',
    'facts',
  ]);
});

test('slack: a text', async () => {
  expect(await posted('slack')).toEqual(formatSlack(notice));
});
