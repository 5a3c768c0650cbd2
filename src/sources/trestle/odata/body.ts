import { RetryableError } from '../../../errors.ts';
import { parseWholeNumber } from '../../../lib/number.ts';
import { releaseMemory } from '../../../lib/release-memory.ts';
import { type RecordList, type SplitPage, splitKeyPage, splitPage } from './split.ts';
import { readErrorText } from './error-text.ts';
import { tryParse } from './try-parse.ts';
import type { RawRecord } from '../../../model/page.ts';
import type { Answer } from '../../../http/send.ts';

export type PageBody<Records = RawRecord[]> = SplitPage<Records> & {
  readonly nextLink: string | undefined;
  readonly count: number | undefined;
  /** Frees the memory of the answer, and with it that of the records. */
  readonly release: () => void;
};

/**
 * Reads the records and links of a 200. Strict: an HTML page or an empty or truncated body must never look like an empty
 * page.
 * @param names members of the records that will be needed.
 * @throws RetryableError that describes the body, if it is not a page of records.
 */
export function readBody(answer: Answer, names?: readonly string[]): Promise<PageBody> {
  return readPage(answer, (body) => splitPage(body, names));
}

/**
 * Reads an answer in the same way; its records are decoded when they are read.
 * @throws RetryableError that describes the body, if it is not a page of records.
 */
export function readKeyBody(answer: Answer): Promise<PageBody<RecordList>> {
  return readPage(answer, splitKeyPage);
}

type Split<Records> = (body: Buffer) => Promise<SplitPage<Records>>;

async function readPage<Records>(answer: Answer, split: Split<Records>): Promise<PageBody<Records>> {
  const page = await trySplit(answer, split);
  const nextLink = page.envelope['@odata.nextLink'];
  throwOnError(page.envelope);
  return {
    ...page,
    nextLink: typeof nextLink === 'string' && nextLink !== '' ? nextLink : undefined,
    count: parseWholeNumber(page.envelope['@odata.count']),
    release: () => releaseMemory(answer.body),
  };
}

/** A server that fails after it has sent the status adds an `error` to the body (OData JSON format 4.01, 19.2). */
function throwOnError(envelope: Readonly<Record<string, unknown>>): void {
  const { error } = envelope;
  if (error === undefined || error === null || error === false) return;
  throw new RetryableError(`the API answered 200 with an error${readErrorText(envelope)}`, {
    op: 'read answer',
    hint: 'the API has a problem: try again later',
  });
}

async function trySplit<Records>(answer: Answer, split: Split<Records>): Promise<SplitPage<Records>> {
  try {
    return await split(answer.body);
  } catch (cause) {
    throwOnError(tryParse(answer.body.toString()));
    throw new RetryableError(`the API answered 200 with ${describeBody(answer)}`, {
      op: 'read answer',
      cause,
      hint: 'the API or a proxy in front of it has a problem: try again later',
    });
  }
}

function describeBody({ body, headers }: Answer): string {
  const start = body.subarray(0, 200).toString('latin1').trim();
  if (start === '') return 'an empty body';
  if (start.startsWith('<')) return `a page of ${headers['content-type'] ?? 'unknown type'} instead of JSON`;
  if (start.startsWith('{')) return `JSON that is truncated or has no list "value" (${body.length} bytes)`;
  return `a body that is not a JSON object (${body.length} bytes)`;
}
