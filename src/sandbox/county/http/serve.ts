import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BuiltArchive } from '../archive/store.ts';
import { findArchive } from '../counties.ts';
import { type AnswerFault, findAnswerFault } from '../faults.ts';
import { sendBody } from './body.ts';
import { type Answer, decideAnswer } from '../../shared/conditions.ts';
import { answerControl } from './control.ts';
import type { CountyRequest, CountyState } from './state.ts';

const CONTROL_PATH = '/sandbox/';

/** The start of a TLS alert. */
const GARBAGE = Buffer.from('15030100020128', 'hex');

/** Answers one request of any kind. */
export async function serveCounty(
  state: CountyState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://sandbox');
  if (path.startsWith(CONTROL_PATH)) {
    await answerControl(state, path.slice(CONTROL_PATH.length), searchParams, request, response);
    return;
  }
  const seen: CountyRequest = {
    method: request.method ?? 'GET',
    path,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    status: 0,
    bytes: 0,
  };
  state.requests.push(seen);
  const faults = state.faults.take(path, seen.method);
  if (replaceAnswer(faults, response, seen)) return;
  const requested = findArchive(path, state.settings);
  if (requested === undefined || !['GET', 'HEAD'].includes(seen.method)) {
    endWith(response, seen, requested === undefined ? 404 : 405);
    return;
  }
  const contents = state.faults.contentsOf(path);
  const archive = withFaultyTag(await state.store.get(requested, state.release, contents), faults);
  const { range: _, ...withoutRange } = request.headers;
  const ignoresRange = findAnswerFault(faults, 'ignore-range') !== undefined || seen.method === 'HEAD';
  const answer = decideAnswer(ignoresRange ? withoutRange : request.headers, archive);
  await sendAnswer(state, { answer, archive, faults, seen, response });
}

/** Carries out the faults that replace an answer; returns whether one did. */
function replaceAnswer(
  faults: readonly AnswerFault[],
  response: ServerResponse,
  seen: CountyRequest,
): boolean {
  const status = findAnswerFault(faults, 'status');
  const redirect = findAnswerFault(faults, 'redirect');
  if (findAnswerFault(faults, 'hang') !== undefined) return true;
  if (findAnswerFault(faults, 'reset') !== undefined) response.socket?.destroy();
  else if (findAnswerFault(faults, 'garbage') !== undefined) response.socket?.end(GARBAGE);
  else if (redirect !== undefined) endWith(response, seen, 302, { Location: redirect.location });
  else if (status !== undefined)
    endWith(
      response,
      seen,
      status.status,
      status.retryAfter === undefined ? {} : { 'Retry-After': status.retryAfter },
    );
  else return false;
  return true;
}

function endWith(
  response: ServerResponse,
  seen: CountyRequest,
  status: number,
  headers: Record<string, string> = {},
): void {
  seen.status = status;
  response.writeHead(status, { 'Content-Type': 'text/html', ...headers });
  response.end(`<h1>${status}</h1>`);
}

function withFaultyTag(archive: BuiltArchive, faults: readonly AnswerFault[]): BuiltArchive {
  return findAnswerFault(faults, 'weak-etag') === undefined
    ? archive
    : { ...archive, etag: `W/${archive.etag}` };
}

type Sending = {
  readonly answer: Answer;
  readonly archive: BuiltArchive;
  readonly faults: readonly AnswerFault[];
  readonly seen: CountyRequest;
  readonly response: ServerResponse;
};

async function sendAnswer(state: CountyState, sending: Sending): Promise<void> {
  const { answer, archive, faults, seen, response } = sending;
  seen.status = answer.status;
  response.writeHead(answer.status, headersOf(answer, archive, faults));
  if (!('start' in answer) || seen.method === 'HEAD') {
    response.end();
    return;
  }
  const change = findAnswerFault(faults, 'change');
  const most = (change ?? findAnswerFault(faults, 'cut'))?.bytes ?? Infinity;
  const end = Math.min(answer.end, answer.start + most);
  if (change !== undefined) state.release++;
  await sendBody(response, seen, {
    file: archive.file,
    start: answer.start,
    end,
    bytesPerSecond: findAnswerFault(faults, 'slow')?.bytesPerSecond,
    breaks: end < answer.end,
  });
}

function headersOf(
  answer: Answer,
  { etag, modified, size }: BuiltArchive,
  faults: readonly AnswerFault[],
): Record<string, string> {
  const type = { 'Content-Type': 'application/x-zip-compressed' };
  if (findAnswerFault(faults, 'no-length') !== undefined) return type;
  const length = 'start' in answer ? { 'Content-Length': String(answer.end - answer.start) } : {};
  const range =
    answer.status === 206
      ? { 'Content-Range': `bytes ${answer.start}-${answer.end - 1}/${size}` }
      : answer.status === 416
        ? { 'Content-Range': `bytes */${size}` }
        : {};
  return {
    ...type,
    ...length,
    ...range,
    'Accept-Ranges': 'bytes',
    'Last-Modified': new Date(modified).toUTCString(),
    ...(findAnswerFault(faults, 'no-etag') === undefined ? { ETag: etag } : {}),
  };
}
