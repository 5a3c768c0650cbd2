import { afterEach, describe, expect, test } from 'vitest';
import { CredentialsError, FatalError, UnavailableError } from '../../../../src/errors.ts';
import { writeMetadata } from '../../../../src/sandbox/trestle/odata/metadata.ts';
import { sets } from '../../../../src/sandbox/trestle/sets.ts';
import { sandboxFor } from '../../../helpers/pipeline.ts';
import { type Reply, scriptedServer, type ScriptedServer } from '../../../helpers/scripted-server.ts';
import { sourceOf } from '../../../helpers/source.ts';

const NEVER = new AbortController().signal;
const GOOD = writeMetadata([...sets.values()], 'Cotality.X');

let server: ScriptedServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function ask(...data: readonly Reply[]) {
  server = await scriptedServer({ data });
  return sourceOf(server).source.schema.read(NEVER);
}

/** `depth` entities, each ten of the one before. */
function laughs(depth: number): string {
  const entities = Array.from(
    { length: depth },
    (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`,
  ).join('');
  return `<!DOCTYPE x [<!ENTITY l0 "lol">${entities}]><x>&l${depth};</x>`;
}

describe('a document that is not a schema', () => {
  test.each<[string, string]>([
    ['an empty body', ''],
    ['a page', '<!DOCTYPE html><html><body>Blocked</body></html>'],
    ['a page without a document type', '<html><body>Blocked</body></html>'],
    ['a page that is no XML', '<html><body>Blocked<br></body></html>'],
    ['a document that is cut off', GOOD.slice(0, GOOD.length / 2)],
    ['a document that is cut off between two elements', GOOD.slice(0, GOOD.indexOf('</Schema>'))],
    ['JSON', '{"value":[]}'],
    ['words', 'Service Unavailable'],
    ['a document type with entities that grow', laughs(12)],
    ['a document type that names a file', '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'],
    ['an entity that nobody declared', '<Schema Namespace="N"><EntityType Name="&nbsp;"/></Schema>'],
    ['two documents', GOOD + GOOD],
  ])('%s is final immediately', async (_, body) => {
    const start = performance.now();
    await expect(ask({ body })).rejects.toThrow(UnavailableError);
    expect(server?.asked).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('a complete document without an entity is not retried', async () => {
    const empty = '<Edmx><DataServices><Schema Namespace="N"/></DataServices></Edmx>';
    const asking = ask({ body: empty });
    await expect(asking).rejects.toThrow(FatalError);
    await expect(asking).rejects.toThrow('declares no entity set');
    expect(server?.asked).toHaveLength(1);
  });
});

describe('one request', () => {
  test('promise 14: returns the schema, requested as XML and counted as a call without records', async () => {
    const begun: unknown[] = [];
    const meter = {
      begin: (kind: string, resource: string) => {
        begun.push([kind, resource]);
        return () => undefined;
      },
    };
    server = await scriptedServer({ data: { body: GOOD } });
    const { source } = sourceOf(server, { meter });
    expect(Object.keys((await source.schema.read(NEVER)).sets)).toContain('Property');
    expect(source.requests()).toBe(1);
    expect(server.asked.map(({ target, headers }) => [target, headers.accept])).toEqual([
      ['/trestle/odata/$metadata', 'application/xml'],
    ]);
    expect(begun).toEqual([
      ['token', ''],
      ['census', '$metadata'],
    ]);
  });

  test('is sent once, also if it fails: the next run sends it again; a byte order mark is accepted', async () => {
    await expect(ask({ status: 503 }, { body: GOOD })).rejects.toThrow('503');
    expect(server?.asked).toHaveLength(1);
    await expect(ask({ raw: (response) => response.destroy() }, { body: GOOD })).rejects.toThrow();
    expect(server?.asked).toHaveLength(1);
    expect(Object.keys((await ask({ body: `\uFEFF${GOOD}` })).sets)).toContain('Property');
  });

  test('promise 12: refused credentials are not an error of the schema', async () => {
    const sandbox = await sandboxFor({ listings: 1 });
    const { source } = sourceOf({ base: sandbox.url, tokenUrl: sandbox.tokenUrl });
    await expect(source.schema.read(NEVER)).rejects.toThrow(CredentialsError);
  });

  test('stops reading an endless answer', async () => {
    const endless = {
      raw: (response: import('node:http').ServerResponse) => {
        const more = (): void => {
          while (response.writable && response.write(Buffer.alloc(1_000_000, ' ')));
          if (response.writable) response.once('drain', more);
        };
        response.writeHead(200);
        more();
      },
    };
    await expect(ask(endless)).rejects.toThrow(/maxContentLength/);
  });
});
