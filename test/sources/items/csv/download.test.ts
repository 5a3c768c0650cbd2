import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ConfigError, DamagedFileError, FatalError, UnavailableError } from '../../../../src/errors.ts';
import { isFailureOfServer } from '../../../../src/run/items/fail-items.ts';
import type { Checkpoint, ItemBatch } from '../../../../src/sources/items.ts';
import { itemsConform, keysOf, readAll } from '../../items-conformance.ts';
import { localRequester, localServer, type Reply } from '../local-server.ts';
import { csvFolder } from './folder.ts';

const LARGE = `id,title\n${Array.from({ length: 3000 }, (_, n) => `${n},t\n`).join('')}`;

describe('a CSV source with an address, as every source of items', () => {
  itemsConform({
    second: 'unchanged',
    open: async () => {
      const { reader, server, requester } = await open({ headers: { etag: '"1"' }, body: LARGE });
      return {
        reader,
        keys: Array.from({ length: 3000 }, (_, n) => `${n}`),
        requests: () => server.received.length,
        counted: () => requester.requests(),
      };
    },
  });
});

describe('a CSV file with an address', () => {
  test('is downloaded, read like any other, and removed', async () => {
    const { reader, state } = await open({ headers: { etag: '"1"' }, body: gzipSync('id,title\n1,one\n') });
    const batches = await readAll(reader);
    expect([keysOf(batches), batches.at(-1)!.end]).toEqual([['1'], { outcome: 'read', isWhole: true }]);
    expect(readdirSync(state)).toEqual([]);
  });

  test('is asked for conditionally, with what the last answer had', async () => {
    const { reader, server } = await open({ headers: { etag: '"1"' }, body: 'id\n1\n' });
    const first = await readAll(reader);
    const second = await readAll(reader, checkpointOf(first));
    expect(second.at(-1)!.end).toEqual({ outcome: 'unchanged', isWhole: false });
    expect(server.received.at(-1)).toMatchObject({ 'if-none-match': '"1"' });
    expect(checkpointOf(second)).toEqual(checkpointOf(first));
  });

  test('pitfall 49: the same content under another ETag is unchanged', async () => {
    const { reader, server } = await open({ headers: { etag: '"1"' }, body: 'id\n1\n' });
    const first = await readAll(reader);
    server.serve({ headers: { etag: '"2"' }, body: 'id\n1\n' });
    const second = await readAll(reader, checkpointOf(first));
    expect([keysOf(second), second.at(-1)!.end!.outcome]).toEqual([[], 'unchanged']);
    expect(JSON.stringify(checkpointOf(second))).toContain(JSON.stringify('"2"'));
  });

  test('is kept while its read is interrupted, and not downloaded again', async () => {
    const { reader, server, state } = await open({ headers: { etag: '"1"' }, body: LARGE });
    const [first] = await readSome(
      reader.read({ checkpoint: undefined, always: false, maxBatches: 1 }, never()),
    );
    expect(existsSync(join(state, 'download.csv'))).toBe(true);
    const rest = await readAll(reader, first!.checkpoint);
    expect(keysOf(rest)).toHaveLength(1000);
    expect(server.received.at(-1)).toMatchObject({ 'if-none-match': '"1"' });
    expect(readdirSync(state)).toEqual([]);
  });

  test('pitfall 20: a web page is an error, and so is a damaged archive; neither is kept', async () => {
    const { reader, server, state } = await open({ body: '<!doctype html><html>Sign in</html>' });
    await expect(readAll(reader)).rejects.toThrow(FatalError);
    expect(readdirSync(state)).toEqual([]);
    server.serve({ body: gzipSync('id\n1\n').subarray(0, -5) });
    await expect(readAll(reader)).rejects.toThrow(DamagedFileError);
    expect(readdirSync(state)).toEqual([]);
  });

  test('that never existed is a wrong address; one that vanished is a failure that may pass', async () => {
    const { reader, server } = await open({ status: 404 });
    await expect(readAll(reader)).rejects.toThrow(ConfigError);
    server.serve({ body: 'id\n1\n' });
    const first = await readAll(reader);
    server.serve({ status: 404 });
    const error = await readAll(reader, checkpointOf(first)).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(UnavailableError);
    expect([isFailureOfServer(error), (error as Error).message]).toEqual([
      false,
      'roster: the server has no such file (404), but had it before',
    ]);
  });

  test('promise 32, pitfall 37: that is gone (410) ends its reads', async () => {
    const { reader, server } = await open({ status: 410 });
    const gone = { outcome: 'gone', isWhole: false };
    expect((await readAll(reader)).at(-1)!.end).toEqual(gone);
    server.serve({ body: 'id\n1\n' });
    const first = await readAll(reader);
    server.serve({ status: 410 });
    const [last] = await readAll(reader, checkpointOf(first));
    expect([last!.end, last!.warnings]).toEqual([gone, ['the server no longer has the file (410)']]);
  });

  test('is not named with its query, which can have a secret', async () => {
    const { reader } = await open({ body: 'id,title\n1,2,3\n' }, '/roster.csv?key=secret');
    const batches = await readAll(reader);
    expect(JSON.stringify(batches)).toContain('roster.csv line 2');
    expect(JSON.stringify(batches)).not.toContain('secret');
  });
});

async function open(reply: Reply, path = '/roster.csv') {
  const server = await localServer(reply);
  const requester = localRequester();
  const { open: openFolder, folder } = csvFolder();
  return {
    server,
    requester,
    state: join(folder, 'state'),
    reader: openFolder({ url: `${server.url}${path}` }, requester),
  };
}

async function readSome(batches: AsyncIterable<ItemBatch>): Promise<ItemBatch[]> {
  const found: ItemBatch[] = [];
  for await (const batch of batches) found.push(batch);
  return found;
}

function checkpointOf(batches: readonly ItemBatch[]): Checkpoint {
  return JSON.parse(JSON.stringify(batches.at(-1)!.checkpoint)) as Checkpoint;
}

function never(): AbortSignal {
  return new AbortController().signal;
}
