import { createServer, type Server } from 'node:http';
import { FaultList, type Faults } from './faults.ts';
import { type SandboxFeed, createFeed } from './feed.ts';
import { parseRequest, ROOT_PATH, TOKEN_PATH } from './http/parse-request.ts';
import { odataErrorReply } from './http/data.ts';
import { createCdn } from './http/cdn.ts';
import { QuotaCounter } from './http/quota.ts';
import { sendReply } from './http/reply.ts';
import { serveRequest } from './http/serve.ts';
import { TokenIssuer } from './http/token.ts';
import type { SandboxState } from './http/state.ts';
import { readFile } from './http/control-files.ts';
import type { MediaFile } from './files/media-file.ts';
import { Replications } from './odata/replication.ts';
import { type SandboxOptions, type SandboxSettings, completeOptions } from './options.ts';
import { sets } from './sets.ts';
import type { SeenRequest } from './seen-request.ts';

export type { Fault, Faults } from './faults.ts';
export type { SandboxFeed } from './feed.ts';
export type { MediaFile } from './files/media-file.ts';
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
  /** The file that a media's address has now; undefined if there is no such media. */
  file(key: string): MediaFile | undefined;
  /** Awaited before each request for data or a file is answered, so that tests can change the feed during a read. */
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
  const cdn = settings.mediaRedirect ? createCdn(state) : undefined;
  const servers = [server, ...(cdn === undefined ? [] : [cdn])];
  const closed = Promise.all(
    servers.map((each) => new Promise<void>((resolve) => void each.once('close', resolve))),
  ).then(() => undefined);
  state.stop = () => {
    for (const each of servers) {
      each.close();
      each.closeAllConnections();
    }
    return closed;
  };
  const origin = await listen(server, settings.port);
  state.store.signer.origin = origin;
  state.cdnOrigin = cdn && (await listen(cdn, 0));
  return Object.assign(state, {
    url: origin + ROOT_PATH,
    tokenUrl: origin + TOKEN_PATH,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    closed,
    file: (key: string) => readFile(state, key),
    close: () => state.stop(),
  });
}

function createState(settings: SandboxSettings): SandboxState {
  const { minuteWindowMs, hourWindowMs, minuteQuota, hourQuota, now } = settings;
  const { feed, store } = createFeed(settings, now, settings.mediaSeconds * 1000);
  const windows = { minuteWindowMs, hourWindowMs };
  const { mediaMinuteQuota, mediaHourQuota } = settings;
  return {
    settings,
    feed,
    store,
    tokens: new TokenIssuer(settings),
    quota: new QuotaCounter({ ...windows, type: 'Api', minute: minuteQuota, hour: hourQuota }, now),
    mediaQuota: new QuotaCounter(
      { ...windows, type: 'Media', minute: mediaMinuteQuota, hour: mediaHourQuota },
      now,
    ),
    cdnOrigin: undefined,
    faults: new FaultList(),
    replications: new Replications(now),
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
