import { createRequire } from 'node:module';
import type * as htmlToText from 'html-to-text';

const require = createRequire(import.meta.url);

let convert: ((html: string) => string) | undefined;

/** A tag or the start of a comment, not a comparison such as `2 < 3`. */
const TAG = /<(?:[a-z/][^<>]*>|!--)/i;

/** Characters that are converted: no description needs more, and odd HTML takes more time than its length. */
const MAX_HTML = 1024 * 1024;

/** Converts HTML to plain text: paragraphs become lines, links and images only their text. Other texts stay as they are. */
export function toPlainText(text: string): string {
  if (!text.includes('<') || !text.includes('>') || !TAG.test(text)) return text;
  convert ??= createConverter();
  return convert(text.slice(0, MAX_HTML)).trim();
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
