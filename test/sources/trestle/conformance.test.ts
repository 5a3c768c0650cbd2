import { describe } from 'vitest';
import type { Fault } from '../../../src/sandbox/trestle/faults.ts';
import type { Sandbox } from '../../../src/sandbox/trestle/index.ts';
import { readText } from '../../../src/sandbox/trestle/record.ts';
import { property } from '../../../src/sources/trestle/datasets/property.ts';
import { deferredSource } from '../../../src/sources/trestle/deferred.ts';
import { sandboxFor } from '../../helpers/pipeline.ts';
import { sourceOf } from '../../helpers/source.ts';
import { conforms, type Subject } from '../conformance.ts';

type Place = Subject & { readonly sandbox: Sandbox };

async function open(): Promise<Place> {
  const sandbox = await sandboxFor({ listings: 120, oddValues: false });
  const { source } = sourceOf(
    {
      base: sandbox.url,
      tokenUrl: sandbox.tokenUrl,
      clientId: sandbox.clientId,
      clientSecret: sandbox.clientSecret,
    },
    { pageSize: 50 },
  );
  const keys = [...sandbox.feed.records('Property')].map((record) => readText(record, 'ListingKey'));
  const requests = (): number => sandbox.requests.filter(({ kind }) => kind === 'data').length;
  // As every command opens it: see openTrestle.
  const deferred = deferredSource(async () => source, { ...source, schema: source.schema });
  return { sandbox, source: deferred, dataset: property, keys, requests };
}

const strike = (fault: Fault) => (subject: Subject) =>
  (subject as Place).sandbox.faults.add({ resource: 'Property', ...fault });

describe('Trestle conforms: it', () => {
  conforms({
    open,
    faults: {
      'a connection that breaks': strike({ kind: 'reset' }),
      'half an answer': strike({ kind: 'truncate' }),
      'JSON that ends in the middle': strike({ kind: 'truncate-json' }),
      'a page of HTML': strike({ kind: 'html' }),
      'an empty body': strike({ kind: 'empty' }),
      'a server error': strike({ kind: 'status', status: 503 }),
      'a rate limit': strike({ kind: 'rate-limit', retryAfter: 1 }),
      'a refused token': strike({ kind: 'revoke' }),
      'an error in a 200': strike({ kind: 'error-inside', skip: 1 }),
      'a page shorter than asked': strike({ kind: 'short-page', rows: 7 }),
    },
  });
});
