import { createHash } from 'node:crypto';
import type { Mapper } from '../../src/sources/items.ts';

/** A small mapper: the key is the field `id`, the title the field `title`. */
export const idMapper: Mapper = {
  fields: ['title'],
  map: (record, payload, id = keyOf(record['id'])) => {
    const missing = 'title' in record ? [] : ['title'];
    if (id === undefined) {
      const hash = createHash('sha256').update(payload).digest('hex');
      return { key: `no-id:${hash}`, item: undefined, error: 'there is no id', notes: [], missing };
    }
    const item = {
      title: JSON.stringify(record['title']),
      description: null,
      category: null,
      url: null,
      amount: null,
      quantity: null,
      metadata: '{}',
      publishedAt: null,
    };
    return { key: id, item, error: undefined, notes: [], missing };
  },
};

function keyOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
