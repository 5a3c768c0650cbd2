import { beforeEach, expect, test } from 'vitest';
import { RetryableError } from '../../src/errors.ts';
import { observe, type ObservedSender } from '../../src/http/observe.ts';
import type { Answer, Request, Send } from '../../src/http/send.ts';
import type { Logger } from '../../src/model/log.ts';
import { fakeClock, type FakeClock } from '../helpers/fake-clock.ts';

const NEVER = new AbortController().signal;
const TOKEN = 'https://api.example/oidc/connect/token';
const PAGE: Request = {
  method: 'GET',
  url: 'https://api.example/odata/Property?%24top=2&%24filter=City%20eq%20%27A%27',
  headers: { Authorization: 'Bearer geheim' },
  call: { kind: 'census', resource: 'Property', attempt: 3 },
};

let clock: FakeClock;
let lines: { level: string; message: string; data: object }[];
let counted: string[];

beforeEach(() => {
  clock = fakeClock();
  lines = [];
  counted = [];
});

const at = (level: string) => (data: object, message: string) => void lines.push({ level, message, data });

const readQuota = (headers: Answer['headers']) => ({
  minute: { left: Number(headers['left-this-minute']) },
  hour: { left: Number(headers['left-this-hour']) },
});

function watch(send: Send): ObservedSender {
  const log: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const meter = {
    begin: (kind: string, resource: string) => {
      counted.push(`begin ${kind} ${resource}`);
      return (end: object) => void counted.push(`end ${JSON.stringify(end)}`);
    },
  };
  return observe({ clock, log, meter, readQuota }, send);
}

const answering =
  (answer: Partial<Answer>): Send =>
  async () => {
    counted.push('sent');
    clock.pass(75);
    return { status: 200, headers: {}, body: Buffer.from('{"value":[]}'), ...answer };
  };

test('promise 19: a line has all properties of a request, numbers as numbers, and no header', async () => {
  const headers = { 'left-this-minute': '179', 'left-this-hour': '7199.0' };
  await watch(answering({ headers })).send(PAGE, NEVER);
  expect(lines).toEqual([
    {
      level: 'info',
      message: 'answered',
      data: {
        method: 'GET',
        path: '/odata/Property',
        query: { $top: '2', $filter: "City eq 'A'" },
        kind: 'census',
        resource: 'Property',
        attempt: 3,
        status: 200,
        ms: 75,
        bytes: 12,
        minuteLeft: 179,
        hourLeft: 7199,
      },
    },
  ]);
});

test('a request without an answer has a log line that reports it', async () => {
  const error = new RetryableError('broken', { op: 'GET' });
  const send = watch(async () => {
    clock.pass(30);
    throw error;
  }).send;
  await expect(send(PAGE, NEVER)).rejects.toBe(error);
  expect(lines).toMatchObject([
    { level: 'warn', message: 'no answer', data: { kind: 'census', attempt: 3, ms: 30, err: error } },
  ]);
  expect(counted).toEqual(['begin census Property', 'end {"failed":true,"bytes":0}']);
});

test('a call is counted before it is sent', async () => {
  await watch(answering({})).send(PAGE, NEVER);
  expect(counted).toEqual(['begin census Property', 'sent', 'end {"failed":false,"bytes":12}']);
});

test.each([401, 403, 429, 500])('an answer of %i is a failed call', async (status) => {
  await watch(answering({ status })).send(PAGE, NEVER);
  expect(counted.at(-1)).toBe('end {"failed":true,"bytes":12}');
});

test('sign-ins are counted separately: no quota counts them', async () => {
  const wire = watch(answering({}));
  const call = { kind: 'token', resource: '', attempt: 1 } as const;
  await wire.send({ method: 'POST', url: TOKEN, headers: {}, call }, NEVER);
  expect(counted[0]).toBe('begin token ');
  expect(wire.calls()).toBe(0);
  await wire.send(PAGE, NEVER);
  expect(wire.calls()).toBe(1);
});

test('a request that is aborted before it is sent does not count', async () => {
  const wire = watch(answering({}));
  await expect(wire.send(PAGE, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  expect([counted, wire.calls(), lines]).toEqual([[], 0, []]);
});
