import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from '../../lib/zod.ts';
import { RequestError } from '../request-error.ts';
import type { Place } from './keyset.ts';

const SIGNATURE_BYTES = 12;

const shape = z.strictObject({ v: z.string().nullable(), k: z.string() });

/**
 * Writes the place of the last row of a page as a cursor. It is signed together with the list that it belongs to: the path, the
 * filters and the order.
 */
export function formatCursor(place: Place, list: string, secret: Buffer): string {
  const body = Buffer.from(JSON.stringify({ v: place.value, k: place.key })).toString('base64url');
  return `${body}.${sign(body, list, secret)}`;
}

/** @throws RequestError (400) if we did not write the cursor, or it belongs to other filters or another order. */
export function parseCursor(cursor: string, list: string, secret: Buffer): Place {
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
  const { v: value, k: key } = shape.parse(JSON.parse(Buffer.from(body, 'base64url').toString()));
  return { value, key };
}

function sign(body: string, list: string, secret: Buffer): string {
  const hash = createHmac('sha256', secret).update(`${body}\n${list}`).digest();
  return hash.subarray(0, SIGNATURE_BYTES).toString('base64url');
}
