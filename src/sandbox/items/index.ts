import { createServer, type Server } from 'node:http';
import { Tokens } from './api/tokens.ts';
import { CREDENTIALS } from './credentials.ts';
import { writeCsvFolder } from './csv/files.ts';
import type { Collection } from './data/collection.ts';
import { type CollectionName, createCollections } from './data/collections.ts';
import { ItemsFaults } from './faults.ts';
import { serveItems } from './http/serve.ts';
import type { ItemsRequest, ItemsState } from './http/state.ts';
import { completeItemsOptions, type ItemsSandboxOptions } from './options.ts';

export type { CollectionName } from './data/collections.ts';
export type { ItemsFault, ItemsFaults } from './faults.ts';
export type { ItemsRequest } from './http/state.ts';
export type { ItemsSandboxOptions } from './options.ts';

export type ItemsSandbox = {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The same data at another port: another origin. */
  readonly otherUrl: string;
  readonly credentials: typeof CREDENTIALS;
  readonly faults: ItemsFaults;
  /** Every request for data so far, in order; callers may empty it. */
  readonly requests: ItemsRequest[];
  /** How many requests a path had. */
  count(path: string): number;
  /** The data. After a change of `roster`, `writeFolder` brings the files on disk up to date. */
  collection(name: CollectionName): Collection;
  /** Writes the CSV files into the folder of the options, as each change over HTTP does. */
  writeFolder(): Promise<void>;
  /** Seconds that tokens issued from now on are valid. */
  setTokenSeconds(seconds: number): void;
  /** Resolves when the sandbox is closed, by `close` or over HTTP. */
  readonly closed: Promise<void>;
  /** Also ends open connections. */
  close(): Promise<void>;
};

/** Starts a server of invented APIs, CSV files and feeds on this machine. */
export async function startItemsSandbox(options: ItemsSandboxOptions = {}): Promise<ItemsSandbox> {
  const settings = completeItemsOptions(options);
  const state: ItemsState = {
    settings,
    collections: createCollections(settings),
    tokens: new Tokens(settings.clock),
    faults: new ItemsFaults(),
    requests: [],
    counts: new Map(),
    tokenSeconds: settings.tokenSeconds,
    stop: () => Promise.resolve(),
  };
  const servers = (['main', 'other'] as const).map((origin) =>
    createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
      serveItems(state, origin, request, response).catch((error: unknown) => {
        if (response.headersSent) request.socket.destroy();
        else response.writeHead(500).end(String(error));
      });
    }),
  );
  const closed = Promise.all(
    servers.map((server) => new Promise<void>((resolve) => void server.once('close', resolve))),
  ).then(() => undefined);
  state.stop = () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
    return closed;
  };
  const writeFolder = async (): Promise<void> => {
    if (settings.folder !== undefined) await writeCsvFolder(settings.folder, state.collections.roster);
  };
  await writeFolder();
  const [main, other] = servers as [Server, Server];
  const url = await listen(main, settings.port);
  return createSandbox(state, { url, otherUrl: await listen(other, 0), closed, writeFolder });
}

function createSandbox(
  state: ItemsState,
  parts: Pick<ItemsSandbox, 'url' | 'otherUrl' | 'closed' | 'writeFolder'>,
): ItemsSandbox {
  return {
    ...parts,
    credentials: CREDENTIALS,
    faults: state.faults,
    requests: state.requests,
    count: (path) => state.counts.get(path) ?? 0,
    collection: (name) => state.collections[name],
    setTokenSeconds: (seconds) => void (state.tokenSeconds = seconds),
    close: () => state.stop(),
  };
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`;
}
