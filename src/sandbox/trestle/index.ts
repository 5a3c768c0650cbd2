import { createServer, type Server } from 'node:http';
import { FaultList, type Faults } from './faults.ts';
import { type SandboxFeed, createFeed } from './feed.ts';
import { parseRequest, ROOT_PATH, TOKEN_PATH } from './http/parse-request.ts';
import { odataErrorReply } from './http/data.ts';
import { QuotaCounter } from './http/quota.ts';
import { sendReply } from './http/reply.ts';
import { serveRequest } from './http/serve.ts';
import { TokenIssuer } from './http/token.ts';
import type { SandboxState } from './http/state.ts';
import { Replications } from './odata/replication.ts';
import { type SandboxOptions, type SandboxSettings, completeOptions } from './options.ts';
import { sets } from './sets.ts';
import type { SeenRequest } from './seen-request.ts';

export type { Fault, Faults } from './faults.ts';
export type { SandboxFeed } from './feed.ts';
export type { RefusalStatus, SandboxOptions } from './options.ts';
export type { SeenRequest } from './seen-request.ts';

/** Names of the sets that the sandbox serves. */
export const SET_NAMES: readonly string[] = [...sets.keys()];

export type Sandbox = {
  /** `http://127.0.0.1:PORT/trestle/odata` */
  readonly url: string;
  /** `http://127.0.0.1:PORT/trestle/oidc/connect/token` */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly feed: SandboxFeed;
  /** Every request so far, in order; callers may empty it. */
  readonly requests: SeenRequest[];
  readonly faults: Faults;
  /** Awaited before each data request is answered, so that tests can change the feed during a read. */
  onRequest: ((seen: SeenRequest) => void | Promise<void>) | undefined;
  /** Resolves when the sandbox is closed, by `close` or over HTTP. */
  readonly closed: Promise<void>;
  /** Also ends open connections. */
  close(): Promise<void>;
};

/** Starts a Trestle server on this machine, with generated data. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const settings = completeOptions(options);
  const state = createState(settings);
  const server = createSandboxServer(state);
  const closed = new Promise<void>((resolve) => void server.once('close', resolve));
  state.stop = () => {
    server.close();
    server.closeAllConnections();
    return closed;
  };
  const origin = await listen(server, settings.port);
  return Object.assign(state, {
    url: origin + ROOT_PATH,
    tokenUrl: origin + TOKEN_PATH,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    closed,
    close: () => state.stop(),
  });
}

function createState(settings: SandboxSettings): SandboxState {
  const { feed, store } = createFeed(settings, settings.now);
  return {
    settings,
    feed,
    store,
    tokens: new TokenIssuer(settings),
    quota: new QuotaCounter(settings),
    faults: new FaultList(),
    replications: new Replications(settings.now),
    requests: [],
    onRequest: undefined,
    stop: () => Promise.resolve(),
  };
}

function createSandboxServer(state: SandboxState): Server {
  // Longer than any client keeps an idle connection: otherwise one could close at the moment when it is used again.
  return createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    const parsed = parseRequest(request, state.settings.now());
    serveRequest(state, parsed, response).catch((error: unknown) => {
      if (response.headersSent) request.socket.destroy();
      else void sendReply(request, response, odataErrorReply(500, String(error)));
    });
  });
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`;
}
