import type { FileAccess } from '../../../http/file-access.ts';
import { QUOTA_RULES, SIGN_IN_RULES } from './api-rules.ts';
import type { ClientOptions } from './client.ts';

type Options = Pick<
  ClientOptions,
  | 'tokenUrl'
  | 'clientId'
  | 'clientSecret'
  | 'maxRetries'
  | 'deadline'
  | 'maxWait'
  | 'tokenFile'
  | 'quotaFile'
  | 'onToken'
> & { readonly baseUrl: string };

/** Milliseconds without a byte. A file is sent from a disk or a cache, not composed by a query. */
const STALL_MS = 30_000;

/**
 * How media files are fetched: their quota (480 a minute, 18,000 an hour) is not that of queries, and is reported in the same
 * headers.
 */
export function createFileAccess(options: Options): FileAccess {
  const { tokenFile, quotaFile, onToken, maxRetries, deadline, maxWait } = options;
  return {
    origin: new URL(options.baseUrl).origin,
    signIn: { rules: SIGN_IN_RULES, credentials: options, file: tokenFile, onToken },
    // Nothing is reserved: a website shows its own copies.
    quota: { rules: QUOTA_RULES, file: quotaFile, reservePercent: 0, maxWait },
    timeout: STALL_MS,
    maxRetries,
    deadline,
    hint: 'check the network; trestle-etl doctor examines the connection',
  };
}
