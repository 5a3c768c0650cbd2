import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from '../../lib/zod.ts';
import { RequestError } from '../request-error.ts';
import type { Place } from './keyset.ts';

const SIGNATURE_BYTES = 12;

const shape = z.strictObject({
  v: z.string().nullable(),
  k: z.string(),
  /** Missing in cursors of version 0.1. */
  t: z.number().int().optional(),
});

/** How far a list was read. */
export type ListPosition = {
  readonly place: Place;
  /** When its first page was read, in milliseconds; undefined: not known. */
  readonly startedAt: number | undefined;
};

/**
 * Writes how far a list was read as a cursor. It is signed together with the list that it belongs to: the path, the
 * filters and the order.
 */
export function formatCursor({ place, startedAt }: ListPosition, list: string, secret: Buffer): string {
  const content = JSON.stringify({ v: place.value, k: place.key, t: startedAt });
  const body = Buffer.from(content).toString('base64url');
  return `${body}.${sign(body, list, secret)}`;
}

/** @throws RequestError (400) if we did not write the cursor, or it belongs to other filters or another order. */
export function parseCursor(cursor: string, list: string, secret: Buffer): ListPosition {
  const [body = ''] = cursor.split('.');
  // Text is compared: decoding would ignore characters that do not belong to base64.
  const given = Buffer.from(cursor);
  const wanted = Buffer.from(`${body}.${sign(body, list, secret)}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new RequestError(
      400,
      'invalid_cursor',
      'cursor belongs to another request: keep the filters and the order of the first page, or start without a cursor',
      'cursor',
    );
  }
  const content: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
  const { v: value, k: key, t: startedAt } = shape.parse(content);
  return { place: { value, key }, startedAt };
}

function sign(body: string, list: string, secret: Buffer): string {
  const hash = createHmac('sha256', secret).update(`${body}\n${list}`).digest();
  return hash.subarray(0, SIGNATURE_BYTES).toString('base64url');
}
