import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { scriptedServer } from '../helpers/scripted-server.ts';

const SENDER = join(import.meta.dirname, '../../build/http/send.js');

/** Reports whether axios is loaded before and after a request; in a process that has loaded nothing else. */
const PROGRAM = `
import { createRequire } from 'node:module';
import { createSender } from ${JSON.stringify(SENDER)};
const { cache } = createRequire(${JSON.stringify(SENDER)});
const hasAxios = () => Object.keys(cache).some((path) => path.includes('axios'));
const send = createSender({ timeout: 10_000, hint: '' });
const before = hasAxios();
await send({ method: 'GET', url: process.argv[1], headers: {} }, new AbortController().signal);
console.log(before, hasAxios());
process.exit(0);
`;

test('axios is loaded with the first request: a command that sends nothing does not wait for it', async () => {
  const server = await scriptedServer({});
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM, server.base]);
  expect((await run).stdout).toBe('false true\n');
  await server.close();
});
