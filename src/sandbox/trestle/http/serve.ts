import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { among, type Fault, type Target } from '../faults.ts';
import { dataSystem, metadata } from '../odata/metadata.ts';
import type { Asked } from './asked.ts';
import { control } from './control.ts';
import { answerData, odataError } from './data.ts';
import { html, json, type Reply, send, spoilt } from './reply.ts';
import type { World } from './world.ts';

/** Answers one request, whatever it is. */
export async function serve(world: World, asked: Asked, response: ServerResponse): Promise<void> {
  const { seen, message } = asked;
  world.requests.push(seen);
  const body = await text(message);
  if (seen.kind !== 'control' && world.settings.latencyMs > 0) await wait(world.settings.latencyMs);
  const reply = seen.kind === 'control' ? control(world, asked, body) : await answer(world, asked, body);
  if (reply.ending !== 'hang' && reply.ending !== 'reset') seen.status = reply.status;
  await send(message, response, reply);
}

async function answer(world: World, asked: Asked, body: string): Promise<Reply> {
  const { seen } = asked;
  if (seen.kind === 'data') await world.onRequest?.(seen);
  if (seen.kind === 'token') {
    const type = asked.message.headers['content-type'] ?? '';
    return withFaults(world, asked, () => world.tokens.answer(seen.method, type, body));
  }
  if (seen.resource === undefined) return html(404, 'Not Found');
  if (world.faults.take(targetOf(asked), 'sign-in').length > 0) world.tokens.revoke();
  if (!world.tokens.accepts(asked.message.headers.authorization)) {
    const refusal = odataError(401, 'Authorization has been denied for this request.');
    const headers = { ...refusal.headers, 'WWW-Authenticate': 'Bearer', ...world.quota.headers() };
    return { ...refusal, headers };
  }
  if (seen.kind === 'metadata') return withFaults(world, asked, () => describe(world, asked));
  if (!world.quota.spend()) return limited({ ...world.quota.headers() });
  return withFaults(world, asked, (faults) => answerData(world, asked, faults));
}

async function withFaults(
  world: World,
  asked: Asked,
  make: (faults: readonly Fault[]) => Reply,
): Promise<Reply> {
  const faults = world.faults.take(targetOf(asked), 'answer');
  const slow = among(faults, 'slow');
  if (slow) await wait(slow.ms);
  const reply = dated(outcome(world, asked, faults, make), faults, world.settings.now());
  if (asked.seen.kind === 'token') return reply;
  return { ...reply, headers: without(faults, { ...world.quota.headers(), ...reply.headers }) };
}

function outcome(
  world: World,
  asked: Asked,
  faults: readonly Fault[],
  make: (faults: readonly Fault[]) => Reply,
): Reply {
  const limit = among(faults, 'rate-limit');
  if (limit) {
    if (asked.seen.kind === 'data') world.quota.refund();
    const retry = limit.retryAfter === undefined ? {} : { 'Retry-After': String(limit.retryAfter) };
    return limited({ 'Minute-Quota-Available': '0', ...retry });
  }
  const status = among(faults, 'status');
  return status ? refused(status) : faults.reduce(spoilt, make(faults));
}

function dated(reply: Reply, faults: readonly Fault[], now: number): Reply {
  const clock = among(faults, 'clock');
  if (!clock) return reply;
  return { ...reply, headers: { ...reply.headers, Date: new Date(now + clock.by).toUTCString() } };
}

function without(faults: readonly Fault[], headers: Record<string, string>): Record<string, string> {
  const fault = among(faults, 'no-quota-headers');
  if (!fault) return headers;
  const named = fault.headers && new Set(fault.headers.map((name) => name.toLowerCase()));
  const missing = (name: string): boolean => named?.has(name) ?? name.includes('quota');
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !missing(name.toLowerCase())));
}

function limited(headers: Record<string, string>): Reply {
  const reply = odataError(429, 'Quota exceeded.');
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function refused(fault: Fault & { kind: 'status' }): Reply {
  const reply =
    fault.body === undefined
      ? odataError(fault.status, 'The sandbox was told to fail.')
      : html(fault.status, fault.body);
  const retry = fault.retryAfter === undefined ? {} : { 'Retry-After': fault.retryAfter };
  return { ...reply, headers: { ...reply.headers, ...retry, ...fault.headers } };
}

function describe({ store, settings }: World, asked: Asked): Reply {
  const unlicensed = Object.keys(settings.unlicensed);
  if (asked.seen.resource === 'DataSystem') return json(200, dataSystem(asked.root, unlicensed));
  const sets = [...store.tables.values()].map(({ set }) => set);
  const licensed = sets.filter(({ name }) => !unlicensed.includes(name));
  const body = metadata(licensed, store.namespace);
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body };
}

function targetOf({ seen }: Asked): Target {
  return {
    resource: seen.kind === 'token' ? 'token' : (seen.resource ?? ''),
    data: seen.kind === 'data',
    expands: '$expand' in seen.query,
    counts: seen.query['$count'] === 'true',
    replicates: seen.path.endsWith('/replication') || seen.query['replication'] === 'true',
  };
}
