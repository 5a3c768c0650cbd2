import { compileMapper } from '../../src/sources/items/map/compile.ts';
import { itemMapping } from '../../src/sources/items/map/settings.ts';

/** The mapper of a source whose records have `id` and `title`. */
export const plainMapper = compileMapper(itemMapping.parse({ external_id: 'id', title: 'title' }), {
  empty: [],
});
