import { FatalError } from '../../../errors.ts';
import { describeForeignAnswer } from '../../../http/foreign-answer.ts';
import { parseExact } from '../../../lib/exact-json.ts';
import type { Fetched } from '../requester.ts';

type Body = Extract<Fetched, { readonly kind: 'body' }>;

/**
 * Parses the JSON of a page. Numbers that a double does not hold become texts.
 * @param name of the source and the page, for the message.
 * @throws FatalError for a page of HTML, or anything else that is not JSON.
 */
export function parsePage({ body, contentType, isEmpty }: Body, name: string): unknown {
  if (isEmpty === true) return null;
  const text = body.toString();
  if (!/^\s*(?:[{[]|null\s*$)/.test(text)) {
    const answer = { status: 200, headers: { 'content-type': contentType || 'unknown type' }, body };
    throw new FatalError(`${name} is not JSON: the server sent ${describeForeignAnswer(answer)}`, {
      op: 'read',
      hint: 'open the address in a browser: it may need a sign-in, or has moved',
    });
  }
  try {
    return parseExact(text);
  } catch (cause) {
    throw new FatalError(`${name} is not valid JSON (${body.length} bytes)`, {
      op: 'read',
      hint: 'the server may have ended its answer early: the next run tries again',
      cause,
    });
  }
}
