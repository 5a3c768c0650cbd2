import { createDecoder } from '../decoder.ts';
import { normalizeEncoding } from '../../../lib/normalize-encoding.ts';
import { chooseEncoding, createByteExaminer } from '../encoding.ts';

export type DecodedBody = {
  readonly text: string;
  /** Characters that were damaged and became U+FFFD. */
  readonly replaced: number;
};

/** The declaration is at the start (XML 1.0, 2.8). */
const DECLARATION_BYTES = 256;
const DECLARATION = /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/;

/**
 * Decodes a feed: byte order mark, valid UTF-8, the charset of the answer, the declaration of the document, windows-1252. A
 * text that is UTF-8 except for single bytes stays UTF-8.
 * @param contentType the header of the answer.
 */
export function decodeBody(body: Buffer, contentType: string): DecodedBody {
  const examiner = createByteExaminer();
  examiner.add(body);
  const facts = examiner.facts();
  const declared = declarationsOf(body, contentType).find(
    (encoding) => encoding !== 'utf-8' || isNearlyUtf8(body),
  );
  const isOther = declared === undefined && !facts.isUtf8 && facts.marked === undefined;
  const encoding = chooseEncoding(facts, isOther && isNearlyUtf8(body) ? 'utf-8' : declared);
  const decoder = createDecoder(encoding);
  const text = decoder.decode(body) + decoder.end();
  return { text, replaced: facts.isUtf8 || encoding !== 'utf-8' ? 0 : countReplaced(text) };
}

function declarationsOf(body: Buffer, contentType: string): string[] {
  const ofAnswer = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1];
  const ofDocument = DECLARATION.exec(body.toString('latin1', 0, DECLARATION_BYTES))?.[1];
  return [ofAnswer, ofDocument].flatMap((label) =>
    label === undefined ? [] : (normalizeEncoding(label) ?? []),
  );
}

/** Whether more characters outside ASCII are sound than damaged. In another encoding hardly any is. */
function isNearlyUtf8(body: Buffer): boolean {
  const text = body.toString('utf8');
  // oxlint-disable-next-line no-control-regex -- ASCII has control characters.
  const others = text.replaceAll(/[\u0000-\u007F]+/g, '');
  const replaced = countReplaced(others);
  return others.length - replaced > replaced;
}

function countReplaced(text: string): number {
  return text.split('\uFFFD').length - 1;
}
