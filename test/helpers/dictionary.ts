import { existsSync, readFileSync } from 'node:fs';
import type { FeedField } from '../../src/dataset/feed-schema.ts';

/** RESO's Data Dictionary 2.0, which is not ours to copy; undefined where it is not there. */
const FILE = new URL('../../../shared/data/RESODataDictionary-2.0.xml', import.meta.url);

export const dictionaryFile = existsSync(FILE) ? FILE : undefined;

/** What it says of Property; a regular expression is enough for this one file. */
export function dictionaryFields(): Record<string, FeedField> {
  const xml = readFileSync(dictionaryFile!, 'utf8');
  const entity = /<EntityType Name="Property">.*?<\/EntityType>/s.exec(xml)?.[0] ?? '';
  const fields = [...entity.matchAll(/<Property\s([^>]*)>/g)].map(([, text = '']) => {
    const {
      Name = '',
      Type = '',
      ...facets
    } = Object.fromEntries(
      [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    return [Name, feedField(Type, facets)] as const;
  });
  return Object.fromEntries(fields);
}

function feedField(type: string, facets: Record<string, string>): FeedField {
  const [, many] = /^Collection\((.*)\)$/.exec(type) ?? [];
  const name = (many ?? type).replace(/^Edm\./, '');
  const number = (facet: string): number | undefined =>
    facets[facet] === undefined ? undefined : Number(facets[facet]);
  const [length, precision, scale] = ['MaxLength', 'Precision', 'Scale'].map(number);
  return {
    type: name.includes('.') ? 'Enum' : name,
    ...(many === undefined ? {} : { isMany: true }),
    ...(length === undefined ? {} : { length }),
    ...(precision === undefined ? {} : { precision }),
    ...(scale === undefined ? {} : { scale }),
  };
}
