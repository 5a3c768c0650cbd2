import { createRequire } from 'node:module';
import type Sax from 'sax';

const require = createRequire(import.meta.url);

/** Told of every element, in the order of the text; names are without their prefixes. */
export type Visitor = {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(): void;
};

/**
 * Reads a whole XML document. Nothing outside of it is ever fetched, and a document with a DTD is refused: so no entity
 * but XML's own five can be in it, and none can grow.
 * @throws SyntaxError where it is not well-formed, is cut off, or has a DTD.
 */
export function visitXml(text: string, visitor: Visitor): void {
  // Loaded only if there is XML to read: most runs know the feed's schema already.
  const sax = require('sax') as typeof Sax;
  const parser = sax.parser(true, { strictEntities: true });
  let depth = 0;
  let elements = 0;
  const handlers: Sax.Handlers = {
    onopentag: ({ name, attributes }) => {
      if (elements > 0 && depth === 0) throw new SyntaxError('it goes on after its end');
      elements += 1;
      depth += 1;
      visitor.open(local(name), attributes);
    },
    onclosetag: () => {
      depth -= 1;
      visitor.close();
    },
    ondoctype: () => {
      throw new SyntaxError('it has a document type, as pages have and schemas do not');
    },
    onerror: ({ message }) => {
      throw new SyntaxError(message.replaceAll('\n', ', ').toLowerCase());
    },
  };
  Object.assign(parser, handlers).write(text).close();
  if (elements === 0 || depth !== 0) throw new SyntaxError('it is cut off, or holds no element');
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
