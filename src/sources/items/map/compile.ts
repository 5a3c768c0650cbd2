import { createHash } from 'node:crypto';
import type { Mapper } from '../../items.ts';
import type { ItemMapping } from './settings.ts';

/** Compiles the mapping of a source. So far it finds the key and the title only. */
export function compileMapper(
  mapping: ItemMapping,
  _options: { readonly empty: readonly string[]; readonly html?: 'text' | 'keep' },
): Mapper {
  const nameOf = (field: string): string => {
    const name = mapping[field];
    return typeof name === 'string' ? name : '';
  };
  return {
    fields: Object.keys(mapping),
    map: (record, payload, id) => {
      const found = id ?? record[nameOf('external_id')];
      const key = typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
      const common = { notes: [], missing: [] };
      if (key === undefined) {
        const hash = createHash('sha256').update(payload).digest('hex');
        return { ...common, key: `no-id:${hash}`, item: undefined, error: 'there is no external_id' };
      }
      const item = {
        title: String(record[nameOf('title')]),
        description: null,
        category: null,
        url: null,
        amount: null,
        quantity: null,
        metadata: '{}',
        publishedAt: null,
      };
      return { ...common, key, item, error: undefined };
    },
  };
}
