import { createHash } from 'node:crypto';
import type { Mapper } from '../../../src/sources/items.ts';

/** A mapper that takes `id` and `title` as they are. */
export const plainMapper: Mapper = {
  fields: ['title'],
  map: (record, payload, id) => {
    const key = id ?? record['id'];
    if (typeof key !== 'string' || key === '') {
      const hash = createHash('sha256').update(payload).digest('hex');
      return { key: `no-id:${hash}`, item: undefined, error: 'has no id', notes: [], missing: [] };
    }
    const title = typeof record['title'] === 'string' ? record['title'] : '';
    const item = {
      title,
      description: null,
      category: null,
      url: null,
      amount: null,
      quantity: null,
      metadata: '{}',
      publishedAt: null,
    };
    return { key, item, error: undefined, notes: [], missing: [] };
  },
};
