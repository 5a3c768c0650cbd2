import { RetryableError } from '../../errors.ts';
import type { OpenAnswer } from '../../http/send.ts';
import { formatSize } from '../../lib/size.ts';
import type { RefusalReason } from '../fetcher.ts';
import { collectBody, dropBody, type WholeBody } from './body.ts';
import { decodeBody } from './decode.ts';
import { inspectFile, type Inspection } from './inspect.ts';

export type Refusal = { readonly reason: RefusalReason; readonly message: string };

/** A body that was received: a whole file of a known type, or why it is none. */
export type Reception = (WholeBody & { readonly inspection: Exclude<Inspection, Refusal> }) | Refusal;

export type ReceiveOptions = {
  readonly maxBytes: number;
  readonly folder: string;
  /** The name of a spooled body. */
  readonly name: string;
  /** Called for each part of the body that arrives. */
  readonly onBytes: (bytes: number) => void;
};

/** The body ended before its end, or cannot be decoded: a retry may bring the whole one. */
export class CutBodyError extends RetryableError {}

/**
 * Receives the body of a 200, checks its length, and finds its type by its bytes.
 * @throws CutBodyError; UnavailableError if it cannot be spooled. Nothing stays spooled then.
 */
export async function receive(options: ReceiveOptions, url: URL, answer: OpenAnswer): Promise<Reception> {
  const { headers } = answer;
  const { maxBytes } = options;
  const tooLarge = { reason: 'too-large', message: `it has more than ${formatSize(maxBytes)}` } as const;
  const announced = readLength(headers['content-length']);
  if (announced !== undefined && announced > maxBytes) return tooLarge;
  const arrived = { bytes: 0 };
  const body = count(answer.body, arrived, options.onBytes);
  const decoded = decodeBody(body, headers['content-encoding']);
  if (decoded === undefined) {
    return { reason: 'type', message: `its content-encoding is ${headers['content-encoding']}` };
  }
  const collector = collectBody(options.folder, options.name, decoded === body ? announced : undefined);
  let size = 0;
  try {
    for await (const bytes of readParts(decoded, url)) {
      size += bytes.length;
      if (size > maxBytes) {
        await collector.drop();
        return tooLarge;
      }
      const added = collector.add(bytes);
      if (added !== undefined) await added;
    }
    if (announced !== undefined && arrived.bytes < announced) {
      throw cutError(url, `the body ended at byte ${arrived.bytes} of ${announced}`);
    }
  } catch (error) {
    await collector.drop();
    throw error;
  }
  return examine(await collector.end(), announced, arrived.bytes);
}

async function examine(whole: WholeBody, announced: number | undefined, arrived: number): Promise<Reception> {
  const refuse = async (refusal: Refusal): Promise<Refusal> => {
    await dropBody(whole.body);
    return refusal;
  };
  if (announced !== undefined && arrived > announced) {
    return refuse({ reason: 'length', message: `${announced} bytes were announced, ${arrived} arrived` });
  }
  const inspection = inspectFile(whole.head, whole.tail, whole.size);
  return 'reason' in inspection ? refuse(inspection) : { ...whole, inspection };
}

async function* count(
  body: AsyncIterable<Uint8Array>,
  arrived: { bytes: number },
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    arrived.bytes += bytes.length;
    onBytes(bytes.length);
    yield bytes;
  }
}

async function* readParts(body: AsyncIterable<Uint8Array>, url: URL): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw cutError(url, (error as Error).message, error);
  }
}

function cutError({ host, pathname }: URL, reason: string, cause?: unknown): CutBodyError {
  return new CutBodyError(`${host}${pathname}: ${reason}`, {
    op: 'GET',
    code: 'no-connection',
    hint: 'the next run requests it again',
    cause,
  });
}

function readLength(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
