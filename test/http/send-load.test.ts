import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { createSender } from '../../src/http/send.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';

const hasAxios = (): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('axios'));

test('axios is loaded with the first request: a command that sends nothing does not wait for it', async () => {
  const send = createSender({ timeout: 10_000, hint: '' });
  expect(hasAxios()).toBe(false);
  const server = await scriptedServer({});
  await send({ method: 'GET', url: server.base, headers: {} }, new AbortController().signal);
  await server.close();
  expect(hasAxios()).toBe(true);
});
