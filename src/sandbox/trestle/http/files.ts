import { type Fault, findFault } from '../faults.ts';
import { decideAnswer } from '../../shared/conditions.ts';
import { describeContent, makeFile, type MediaContent, type MediaFile } from '../files/media-file.ts';
import { isValid } from '../files/address.ts';
import { damageFile } from '../files/damage.ts';
import type { ParsedRequest } from './parse-request.ts';
import { htmlReply, type Reply } from './reply.ts';
import type { SandboxState } from './state.ts';

/** Answers a request for a media file, before the faults that break its body. */
export function answerFile(state: SandboxState, request: ParsedRequest, faults: readonly Fault[]): Reply {
  const { seen } = request;
  if (seen.kind === 'cdn' && seen.file?.hasToken === true)
    return htmlReply(400, 'Only one authentication mechanism is allowed: the signature or a token.');
  const isMetered = seen.kind === 'file';
  if (isMetered && !state.mediaQuota.spend()) return refuseForQuota(state);
  const reply = answerMetered(state, request, faults);
  const headers = isMetered ? { ...state.mediaQuota.headers(), ...reply.headers } : reply.headers;
  return { ...reply, headers };
}

function answerMetered(
  state: SandboxState,
  { seen, message }: ParsedRequest,
  faults: readonly Fault[],
): Reply {
  const limit = findFault(faults, 'rate-limit');
  if (limit) return refuseForQuota(state, limit.retryAfter ?? 1);
  if (seen.method !== 'GET' && seen.method !== 'HEAD') return htmlReply(405, 'Method Not Allowed');
  if (!isValid(seen.path, seen.query, state.settings.now()))
    return htmlReply(403, 'The address has expired.');
  if (seen.kind === 'file' && state.cdnOrigin !== undefined)
    return { status: 302, headers: { Location: state.cdnOrigin + message.url! }, body: '' };
  const record = state.store.table('Media').get(seen.file!.key)?.record;
  if (record === undefined) return htmlReply(404, 'Not Found');
  const content = describeContent(record);
  const file = damageFile(makeFile(content, state.settings.mediaKilobytes), content, faults);
  return sendPart(message.headers, content, file, faults);
}

function sendPart(
  requested: ParsedRequest['message']['headers'],
  { etag, modified }: MediaContent,
  { bytes, contentType }: MediaFile,
  faults: readonly Fault[],
): Reply {
  const hasState = findFault(faults, 'no-validators') === undefined;
  const known = hasState ? { etag, modified } : { etag: undefined, modified: undefined };
  const answer = decideAnswer(requested, { size: bytes.length, ...known });
  const state: Record<string, string> = hasState
    ? { ETag: etag, 'Last-Modified': new Date(modified).toUTCString() }
    : {};
  const headers = { 'Content-Type': contentType, 'Accept-Ranges': 'bytes', ...state };
  if (!('start' in answer)) {
    const range: Record<string, string> =
      answer.status === 416 ? { 'Content-Range': `bytes */${bytes.length}` } : {};
    return { status: answer.status, headers: { ...headers, ...range }, body: '' };
  }
  const { status, start, end } = answer;
  const range: Record<string, string> =
    status === 206 ? { 'Content-Range': `bytes ${start}-${end - 1}/${bytes.length}` } : {};
  return { status, headers: { ...headers, ...range }, body: bytes.subarray(start, end) };
}

/** `Retry-After` is that of the fault, or the seconds until the window ends. */
function refuseForQuota({ mediaQuota }: SandboxState, retryAfter?: number | string): Reply {
  const reply = htmlReply(429, 'Too Many Requests');
  const spent = retryAfter === undefined ? {} : { 'Minute-Quota-Available': '0' };
  const seconds = retryAfter ?? Math.max(1, Math.ceil(mediaQuota.waitMs() / 1000));
  return {
    ...reply,
    headers: { ...reply.headers, ...mediaQuota.headers(), ...spent, 'Retry-After': String(seconds) },
  };
}
