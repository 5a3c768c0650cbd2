import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const LOAD_AXIOS = pathToFileURL(join(import.meta.dirname, '../../build/http/load-axios.js')).href;

/** What a process sees before and after it loads axios. */
const SCRIPT = `
const hasUndici = () => process.moduleLoadList.some((name) => name.includes('deps/undici'));
const { loadAxios } = await import(${JSON.stringify(LOAD_AXIOS)});
const axios = loadAxios();
const seen = { isAxios: typeof axios.request, isOne: loadAxios() === axios, early: hasUndici() };
const globals = [fetch, FormData, Request, Response].map((value) => typeof value);
const status = new Response('', { status: 201 }).status;
console.log(JSON.stringify({ ...seen, globals, status, late: hasUndici() }));
`;

test('axios is loaded without undici, and the globals of fetch are there afterwards', () => {
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', SCRIPT]).toString();
  expect(JSON.parse(printed)).toEqual({
    isAxios: 'function',
    isOne: true,
    early: false,
    globals: ['function', 'function', 'function', 'function'],
    status: 201,
    late: true,
  });
});
