import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { findFault, type Fault, type FaultTarget } from '../faults.ts';
import { describeDataSystem, writeMetadata } from '../odata/metadata.ts';
import type { ParsedRequest } from './parse-request.ts';
import { answerControl } from './control.ts';
import { answerData, odataErrorReply } from './data.ts';
import { htmlReply, jsonReply, type Reply, sendReply, applyFault } from './reply.ts';
import { serveFile } from './serve-file.ts';
import type { SandboxState } from './state.ts';

/** Answers one request of any kind. */
export async function serveRequest(
  state: SandboxState,
  request: ParsedRequest,
  response: ServerResponse,
): Promise<void> {
  const { seen, message } = request;
  state.requests.push(seen);
  const body = await text(message);
  if (seen.kind !== 'control' && state.settings.latencyMs > 0) await wait(state.settings.latencyMs);
  if (seen.kind === 'file') return serveFile(state, request, response);
  const reply =
    seen.kind === 'control' ? answerControl(state, request, body) : await answer(state, request, body);
  if (reply.ending !== 'hang' && reply.ending !== 'reset') seen.status = reply.status;
  await sendReply(message, response, reply);
}

async function answer(state: SandboxState, request: ParsedRequest, body: string): Promise<Reply> {
  const { seen } = request;
  if (seen.kind === 'data') await state.onRequest?.(seen);
  if (seen.kind === 'token') {
    const type = request.message.headers['content-type'] ?? '';
    return withFaults(state, request, () => state.tokens.answer(seen.method, type, body));
  }
  if (seen.resource === undefined) return htmlReply(404, 'Not Found');
  if (state.faults.take(targetOf(request), 'sign-in').length > 0) state.tokens.revoke();
  if (!state.tokens.accepts(request.message.headers.authorization)) {
    const refusal = odataErrorReply(401, 'Authorization has been denied for this request.');
    const headers = { ...refusal.headers, 'WWW-Authenticate': 'Bearer', ...state.quota.headers() };
    return { ...refusal, headers };
  }
  if (seen.kind === 'metadata') return withFaults(state, request, () => describeService(state, request));
  if (!state.quota.spend()) return rateLimitReply({ ...state.quota.headers() });
  return withFaults(state, request, (faults) => answerData(state, request, faults));
}

async function withFaults(
  state: SandboxState,
  request: ParsedRequest,
  make: (faults: readonly Fault[]) => Reply,
): Promise<Reply> {
  const faults = state.faults.take(targetOf(request), 'answer');
  const slow = findFault(faults, 'slow');
  if (slow) await wait(slow.ms);
  const reply = withDate(chooseReply(state, request, faults, make), faults, state.settings.now());
  if (request.seen.kind === 'token') return reply;
  return { ...reply, headers: withoutQuotaHeaders(faults, { ...state.quota.headers(), ...reply.headers }) };
}

function chooseReply(
  state: SandboxState,
  request: ParsedRequest,
  faults: readonly Fault[],
  make: (faults: readonly Fault[]) => Reply,
): Reply {
  const limit = findFault(faults, 'rate-limit');
  if (limit) {
    if (request.seen.kind === 'data') state.quota.refund();
    const retry = limit.retryAfter === undefined ? {} : { 'Retry-After': String(limit.retryAfter) };
    return rateLimitReply({ 'Minute-Quota-Available': '0', ...retry });
  }
  const status = findFault(faults, 'status');
  return status ? statusReply(status) : faults.reduce(applyFault, make(faults));
}

function withDate(reply: Reply, faults: readonly Fault[], now: number): Reply {
  const clock = findFault(faults, 'clock');
  if (!clock) return reply;
  return { ...reply, headers: { ...reply.headers, Date: new Date(now + clock.by).toUTCString() } };
}

function withoutQuotaHeaders(
  faults: readonly Fault[],
  headers: Record<string, string>,
): Record<string, string> {
  const fault = findFault(faults, 'no-quota-headers');
  if (!fault) return headers;
  const named = fault.headers && new Set(fault.headers.map((name) => name.toLowerCase()));
  const missing = (name: string): boolean => named?.has(name) ?? name.includes('quota');
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !missing(name.toLowerCase())));
}

function rateLimitReply(headers: Record<string, string>): Reply {
  const reply = odataErrorReply(429, 'Quota exceeded.');
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function statusReply(fault: Fault & { kind: 'status' }): Reply {
  const reply =
    fault.body === undefined
      ? odataErrorReply(fault.status, 'Injected fault of the sandbox.')
      : htmlReply(fault.status, fault.body);
  const retry = fault.retryAfter === undefined ? {} : { 'Retry-After': fault.retryAfter };
  return { ...reply, headers: { ...reply.headers, ...retry, ...fault.headers } };
}

function describeService({ store, settings }: SandboxState, request: ParsedRequest): Reply {
  const unlicensed = Object.keys(settings.unlicensed);
  if (request.seen.resource === 'DataSystem')
    return jsonReply(200, describeDataSystem(request.root, unlicensed));
  const sets = [...store.tables.values()].map(({ set }) => set);
  const licensed = sets.filter(({ name }) => !unlicensed.includes(name));
  const body = writeMetadata(licensed, store.namespace);
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body };
}

function targetOf({ seen }: ParsedRequest): FaultTarget {
  return {
    resource: seen.kind === 'token' ? 'token' : (seen.resource ?? ''),
    data: seen.kind === 'data',
    expands: '$expand' in seen.query,
    counts: seen.query['$count'] === 'true',
    replicates: seen.path.endsWith('/replication') || seen.query['replication'] === 'true',
  };
}
