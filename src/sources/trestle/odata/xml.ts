import { createRequire } from 'node:module';
import type Sax from 'sax';

const require = createRequire(import.meta.url);

/** Called for every element, in document order; names have no prefixes. */
export type Visitor = {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(): void;
};

/**
 * Reads a complete XML document. It never fetches anything, and it refuses a document with a DTD: so only XML's five
 * predefined entities can occur, and no entity can expand.
 * @throws SyntaxError if the document is not well-formed, is truncated, or has a DTD.
 */
export function visitXml(text: string, visitor: Visitor): void {
  // Loaded only if there is XML to read: most runs know the feed's schema already.
  const sax = require('sax') as typeof Sax;
  const parser = sax.parser(true, { strictEntities: true });
  let depth = 0;
  let elements = 0;
  const handlers: Sax.Handlers = {
    onopentag: ({ name, attributes }) => {
      if (elements > 0 && depth === 0) throw new SyntaxError('it continues after its end');
      elements += 1;
      depth += 1;
      visitor.open(stripPrefix(name), attributes);
    },
    onclosetag: () => {
      depth -= 1;
      visitor.close();
    },
    ondoctype: () => {
      throw new SyntaxError('it has a document type, which pages have and schemas do not');
    },
    onerror: ({ message }) => {
      throw new SyntaxError(message.replaceAll('\n', ', ').toLowerCase());
    },
  };
  Object.assign(parser, handlers).write(text).close();
  if (elements === 0 || depth !== 0) throw new SyntaxError('it is truncated, or has no element');
}

function stripPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
