import { ConfigError } from '../../../errors.ts';

const CANDIDATES = [',', ';', '\t', '|'] as const;
const NAMES: Readonly<Record<string, string>> = { '\t': 'tab' };

/**
 * Finds the delimiter in the first record: other records have prose, which uses all of these characters. A record without any
 * has a single column.
 * @param quote an empty text: there are no quotes.
 * @throws ConfigError if there are several.
 */
export function findDelimiter(title: string, record: string, quote: string): string {
  const plain = quote === '' ? record : removeQuoted(record, quote);
  const found = CANDIDATES.filter((character) => plain.includes(character));
  if (found.length <= 1) return found[0] ?? ',';
  const names = found.map((character) => NAMES[character] ?? character).join(' ');
  throw new ConfigError(
    `${title}: its first line has several characters that can be the delimiter: ${names}`,
    {
      op: 'read CSV',
      hint: 'set delimiter of this source in sources.yaml, such as delimiter: ";"',
    },
  );
}

function removeQuoted(record: string, quote: string): string {
  const parts = record.split(quote);
  // The quotes are not in pairs: they are characters of a name, such as inches.
  if (parts.length % 2 === 0) return record;
  return parts.filter((_, index) => index % 2 === 0).join('');
}
