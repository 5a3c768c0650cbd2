import { FatalError, RetryableError } from '../../../errors.ts';
import type { ResponseFormat } from '../../../http/client.ts';
import type { FeedSchema } from '../../../dataset/feed-schema.ts';
import { type Edm, readEdm } from './edm.ts';
import type { Feed } from './feed.ts';
import { buildFeedSchema } from './schema.ts';
import type { Answer } from '../../../http/send.ts';

/** A licensed feed's document has 2 MB; a runaway answer must not exhaust the memory. */
const MAX_METADATA_BYTES = 64 * 1024 * 1024;

const METADATA_FORMAT: ResponseFormat<FeedSchema> = {
  accept: 'application/xml',
  maxBytes: MAX_METADATA_BYTES,
  read: readMetadata,
};

/**
 * Fetches the feed's schema. Without retries: a run does not depend on it, each try can take as long as the timeout, and
 * failures in a row would also delay the run's other requests.
 */
export function fetchMetadata(feed: Pick<Feed, 'client' | 'base'>, signal: AbortSignal): Promise<FeedSchema> {
  const purpose = { kind: 'census', resource: '$metadata', retries: 0 } as const;
  return feed.client.fetch(`${feed.base}/$metadata`, METADATA_FORMAT, signal, purpose);
}

/**
 * Reads the schema in an answer to `$metadata`.
 * @throws RetryableError if the document is incomplete; FatalError if it declares no entity set.
 */
export function readMetadata(answer: Answer): FeedSchema {
  const schema = buildFeedSchema(parseMetadata(answer));
  if (Object.keys(schema.sets).length > 0) return schema;
  throw new FatalError("the feed's $metadata declares no entity set", {
    op: 'read $metadata',
    hint: 'check TRESTLE_API_BASE_URL, and whether the connection has a licence',
  });
}

function parseMetadata({ body, headers }: Answer): Edm {
  try {
    const edm = readEdm(new TextDecoder().decode(body));
    if (edm.namespaces.length > 0) return edm;
    throw new SyntaxError('no schema');
  } catch (cause) {
    const type = headers['content-type'] ?? 'unknown type';
    const reason =
      body.length === 0 ? 'an empty body' : `${body.length} bytes of ${type}: ${(cause as Error).message}`;
    throw new RetryableError(`the API answered $metadata with ${reason}`, {
      op: 'read $metadata',
      cause,
      hint: 'the API or a proxy in front of it has a problem: try again later',
    });
  }
}
