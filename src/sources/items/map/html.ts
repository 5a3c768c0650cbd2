import { createRequire } from 'node:module';
import type * as htmlToText from 'html-to-text';

const require = createRequire(import.meta.url);

let convert: ((html: string) => string) | undefined;

/** A tag or the start of a comment, not a comparison such as `2 < 3`. */
const TAG = /<(?:[a-z/][^<>]*>|!--)/i;

/** More than any article has. The converter needs more time than the length of odd HTML, and a stack for nested tags. */
const [MAX_LENGTH, MAX_TAGS] = [1024 * 1024, 20_000];

/** Converts HTML to plain text: paragraphs become lines, links and images only their text. Other texts stay as they are. */
export function toPlainText(text: string): string {
  if (!text.includes('<') || !text.includes('>') || !TAG.test(text)) return text;
  if (text.length > MAX_LENGTH || countTags(text) > MAX_TAGS) return removeTags(text);
  convert ??= createConverter();
  try {
    return convert(text).trim();
  } catch (error) {
    // Too many nested tags.
    if (error instanceof RangeError) return removeTags(text);
    throw error;
  }
}

function countTags(text: string): number {
  let count = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) count += 1;
  return count;
}

/** For HTML that is too odd to be converted: each tag becomes a blank, in linear time. */
function removeTags(text: string): string {
  return text
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function createConverter(): (html: string) => string {
  const { compile } = require('html-to-text') as typeof htmlToText;
  const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
    selector,
    options: { uppercase: false },
  }));
  return compile({
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      ...headings,
      { selector: 'table', options: { uppercaseHeaderCells: false } },
    ],
  });
}
