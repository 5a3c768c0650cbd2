import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { breakConnection, drained } from '../../shared/response.ts';
import type { CountyRequest } from './state.ts';

const CHUNK_BYTES = 1 << 16;

export type BodyOptions = {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly bytesPerSecond: number | undefined;
  /** Whether the connection breaks after `end` although the answer is longer. */
  readonly breaks: boolean;
};

/** Sends a part of a file. Stops if the client closes the connection. */
export async function sendBody(
  response: ServerResponse,
  seen: CountyRequest,
  { file, start, end, bytesPerSecond, breaks }: BodyOptions,
): Promise<void> {
  if (end > start) {
    const highWaterMark = Math.min(CHUNK_BYTES, Math.ceil((bytesPerSecond ?? Infinity) / 10));
    const stream = createReadStream(file, { start, end: end - 1, highWaterMark });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (response.destroyed) break;
      seen.bytes += chunk.length;
      response.write(chunk);
      if (bytesPerSecond !== undefined) await wait((chunk.length / bytesPerSecond) * 1000);
      // It may have drained meanwhile.
      if (response.writableNeedDrain && !response.destroyed) await drained(response);
    }
  }
  if (!breaks) response.end();
  else await breakConnection(response);
}
