import { type Fault, isFault } from '../faults.ts';
import { writer } from '../json.ts';
import type { Relicensing } from '../licence.ts';
import { QueryError } from '../odata/error.ts';
import { find } from '../odata/find.ts';
import { parseQuery } from '../odata/options.ts';
import { sets } from '../sets.ts';
import { type Asked, CONTROL } from './asked.ts';
import { odataError } from './data.ts';
import { json, type Reply } from './reply.ts';
import type { World } from './world.ts';

/** Other processes change the feed, break things and look in through these addresses. */
export function control(world: World, asked: Asked, body: string): Reply {
  const what = asked.seen.path.slice(CONTROL.length + 1);
  try {
    switch (`${asked.seen.method} ${what.split('/')[0]}`) {
      case 'POST change':
        return json(200, change(world, asked));
      case 'POST licence':
        return json(200, world.feed.relicense(relicensing(asked.seen.query)));
      case 'POST fault':
        world.faults.add(faultOf(body));
        return json(200, {});
      case 'DELETE fault':
        world.faults.clear();
        return json(200, {});
      case 'GET requests':
        return json(200, world.requests);
      case 'GET records':
        return records(world, asked, what.slice('records/'.length));
      case 'POST stop':
        return { ...json(200, {}), after: () => void world.stop() };
      default:
        return odataError(404, `no ${asked.seen.method} ${asked.seen.path} here`);
    }
  } catch (error) {
    if (error instanceof QueryError || error instanceof SyntaxError) return odataError(400, error.message);
    throw error;
  }
}

function change(world: World, asked: Asked): Record<string, string[]> {
  const number = (name: string): number => whole(asked.seen.query, name);
  const { feed } = world;
  return {
    removed: feed.removeListings(number('removed')),
    changed: feed.changeListings(number('changed')),
    added: feed.addListings(number('added')),
    photos: feed.changePhotos(number('photos')),
    photosOnly: feed.changePhotos(number('photosOnly'), { touchListing: false }),
    spoiled: feed.spoil(number('spoiled')),
    misfits: feed.misfit(number('misfits')),
  };
}

function whole(query: Readonly<Record<string, string>>, name: string): number {
  const text = query[name] ?? '0';
  if (!/^\d{1,6}$/.test(text)) throw new QueryError(`${name}: a whole number, not '${text}'`);
  return Number(text);
}

function relicensing(query: Readonly<Record<string, string>>): Relicensing {
  const { resource, lose, suppress, namespace } = query;
  if (resource !== undefined && !sets.has(resource)) throw new QueryError(`no set ${resource}`);
  return {
    gain: whole(query, 'gain'),
    ...(resource === undefined ? {} : { resource }),
    ...(lose === undefined ? {} : { lose: lose.split(',') }),
    ...(suppress === undefined ? {} : { suppress: suppress.split(',').filter((name) => name !== '') }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function faultOf(body: string): Fault {
  const fault: unknown = JSON.parse(body, (name, value: unknown) =>
    name === 'count' && value === null ? Infinity : value,
  );
  if (!isFault(fault)) throw new QueryError('not a fault the sandbox knows');
  return fault;
}

/** NDJSON of what a query would answer, in full: no page size, no quota. */
function records(world: World, asked: Asked, name: string): Reply {
  const set = world.store.tables.get(name)?.set;
  if (set === undefined) throw new QueryError(`no set ${name}`);
  const query = parseQuery(asked.options ?? [], set);
  const { rows } = find(world.store.table(name), query, query.top ?? Infinity);
  const writes = writer(set, query.select);
  const lines = rows.map(({ record }) => `${writes.open(record)}${writes.close(record, world.store.sign)}\n`);
  return { status: 200, headers: { 'Content-Type': 'application/x-ndjson' }, body: lines.join('') };
}
