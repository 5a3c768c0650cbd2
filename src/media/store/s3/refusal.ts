import {
  ConfigError,
  CredentialsError,
  type EtlError,
  RateLimitedError,
  RetryableError,
  UnavailableError,
} from '../../../errors.ts';
import { readRetryAfter } from '../../../http/headers.ts';
import type { Answer } from '../../../http/send.ts';
import { readText } from './xml.ts';

/** Codes of errors (Amazon S3 API Reference, "Error responses"). */
const CREDENTIALS_CODES: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
]);
const REGION_CODES: ReadonlySet<string> = new Set([
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'PermanentRedirect',
]);
/** The body was damaged or was too slow. */
const RETRY_CODES: ReadonlySet<string> = new Set([
  'BadDigest',
  'IncompleteBody',
  'RequestTimeout',
  'SlowDown',
  'XAmzContentSHA256Mismatch',
]);
/** Of services that are no cloud. */
const FULL_CODES: ReadonlySet<string> = new Set(['QuotaExceeded', 'XMinioStorageFull']);

/** The code in the body of an answer; empty if there is none. */
export function codeOf({ body }: Answer): string {
  return readText(body.toString('utf8'), 'Code') ?? '';
}

/** Whether the body of an answer is an error: it can be one with any status. */
export function isError({ body }: Answer): boolean {
  return /^\s*(?:<\?xml[^>]*>)?\s*<Error[\s>]/.test(body.toString('utf8', 0, 500));
}

/** Turns an answer that is not a success into an error, classed by what the caller can do. */
export function toRefusal(bucket: string, op: string, answer: Answer): EtlError {
  const { status, body } = answer;
  const code = codeOf(answer);
  const reason = readText(body.toString('utf8'), 'Message') ?? '';
  const message = `the bucket ${bucket} answered ${status} ${code}${reason === '' ? '' : `: ${reason}`}`;
  if (CREDENTIALS_CODES.has(code) || status === 401) {
    const hint = 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN';
    return new CredentialsError(message, { op, hint });
  }
  if (FULL_CODES.has(code) || status === 507) {
    return new UnavailableError(message, { op, hint: 'free space there; the next run resumes from here' });
  }
  const retryAfter = readRetryAfter(answer);
  const hint = 'the service of the bucket has a problem: try again later';
  if (code === 'SlowDown' || status === 429) return new RateLimitedError(message, { op, retryAfter, hint });
  if (RETRY_CODES.has(code) || status === 408 || (status >= 500 && status !== 501)) {
    return new RetryableError(message, { op, retryAfter, hint });
  }
  return new ConfigError(message, { op, hint: hintFor(bucket, code, answer) });
}

function hintFor(bucket: string, code: string, { status, headers, body }: Answer): string {
  if (code === 'RequestTimeTooSkewed') {
    const time = headers['date'] === undefined ? '' : `, the service has ${headers['date']}`;
    return `the clock of this machine is wrong${time}: see timedatectl`;
  }
  if (code === 'NoSuchBucket')
    return `create the bucket ${bucket}, or set MEDIA_STORE or AWS_ENDPOINT_URL_S3`;
  const region = headers['x-amz-bucket-region'] ?? readText(body.toString('utf8'), 'Region');
  if (REGION_CODES.has(code) || (status >= 300 && status < 400)) {
    return region === undefined ? 'set AWS_REGION to the region of the bucket' : `set AWS_REGION=${region}`;
  }
  if (status === 403) {
    return `allow s3:GetObject, s3:PutObject, s3:DeleteObject, s3:ListBucket and s3:AbortMultipartUpload on ${bucket}`;
  }
  return 'check MEDIA_STORE and AWS_ENDPOINT_URL_S3';
}
