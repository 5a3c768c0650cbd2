import { type Fault, isFault } from '../faults.ts';
import { createWriter } from '../json.ts';
import type { LicenceChange } from '../licence.ts';
import { QueryError } from '../odata/error.ts';
import { findRows } from '../odata/find.ts';
import { parseQuery } from '../odata/query.ts';
import { sets } from '../sets.ts';
import { type ParsedRequest, CONTROL_PATH } from './parse-request.ts';
import { odataErrorReply } from './data.ts';
import { describeFile } from './control-files.ts';
import { jsonReply, type Reply } from './reply.ts';
import type { SandboxState } from './state.ts';

/** Answers the control interface, through which other processes change the feed, arm faults and read records. */
export function answerControl(state: SandboxState, request: ParsedRequest, body: string): Reply {
  const path = request.seen.path.slice(CONTROL_PATH.length + 1);
  try {
    switch (`${request.seen.method} ${path.split('/')[0]}`) {
      case 'POST change':
        return jsonReply(200, changeFeed(state, request));
      case 'POST licence':
        return jsonReply(200, state.feed.changeLicence(parseLicenceChange(request.seen.query)));
      case 'POST fault':
        state.faults.add(parseFault(body));
        return jsonReply(200, {});
      case 'DELETE fault':
        state.faults.clear();
        return jsonReply(200, {});
      case 'GET requests':
        return jsonReply(200, state.requests);
      case 'GET records':
        return exportRecords(state, request, path.slice('records/'.length));
      case 'GET files':
        return describeFile(state, path.slice('files/'.length));
      case 'POST stop':
        return { ...jsonReply(200, {}), after: () => void state.stop() };
      default:
        return odataErrorReply(404, `no ${request.seen.method} ${request.seen.path} here`);
    }
  } catch (error) {
    if (error instanceof QueryError || error instanceof SyntaxError)
      return odataErrorReply(400, error.message);
    throw error;
  }
}

/** `spoiled` and `misfits` are the old names of `corrupted` and `conversionFailures`; both work and are in the answer. */
function changeFeed({ feed }: SandboxState, { seen: { query } }: ParsedRequest): Record<string, string[]> {
  const number = (name: string, oldName = name): number =>
    parseNumber(query, query[name] === undefined ? oldName : name);
  const listings = {
    removed: feed.removeListings(number('removed')),
    changed: feed.changeListings(number('changed')),
    added: feed.addListings(number('added')),
    photos: feed.changePhotos(number('photos')),
    photosOnly: feed.changePhotos(number('photosOnly'), { touchListing: false }),
  };
  const corrupted = feed.corrupt(number('corrupted', 'spoiled'));
  const conversionFailures = feed.addConversionFailures(number('conversionFailures', 'misfits'));
  return { ...listings, corrupted, conversionFailures, spoiled: corrupted, misfits: conversionFailures };
}

function parseNumber(query: Readonly<Record<string, string>>, name: string): number {
  const text = query[name] ?? '0';
  if (!/^\d{1,6}$/.test(text)) throw new QueryError(`${name}: a whole number, not '${text}'`);
  return Number(text);
}

function parseLicenceChange(query: Readonly<Record<string, string>>): LicenceChange {
  const { resource, lose, suppress, namespace } = query;
  if (resource !== undefined && !sets.has(resource)) throw new QueryError(`no set ${resource}`);
  return {
    gain: parseNumber(query, 'gain'),
    ...(resource === undefined ? {} : { resource }),
    ...(lose === undefined ? {} : { lose: lose.split(',') }),
    ...(suppress === undefined ? {} : { suppress: suppress.split(',').filter((name) => name !== '') }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function parseFault(body: string): Fault {
  const fault: unknown = JSON.parse(body, (name, value: unknown) =>
    name === 'count' && value === null ? Infinity : value,
  );
  if (!isFault(fault)) throw new QueryError('not a fault the sandbox knows');
  return fault;
}

/** Answers a query with NDJSON, without a page limit and without quota. */
function exportRecords(state: SandboxState, request: ParsedRequest, name: string): Reply {
  const set = state.store.tables.get(name)?.set;
  if (set === undefined) throw new QueryError(`no set ${name}`);
  const query = parseQuery(request.options ?? [], set);
  const { rows } = findRows(state.store.table(name), query, query.top ?? Infinity);
  const writes = createWriter(set, query.select);
  const lines = rows.map(
    ({ record }) => `${writes.open(record)}${writes.close(record, state.store.signer)}\n`,
  );
  return { status: 200, headers: { 'Content-Type': 'application/x-ndjson' }, body: lines.join('') };
}
