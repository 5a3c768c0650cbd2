import { createServer, type Server } from 'node:http';
import { FaultList, type Faults } from './faults.ts';
import { type Feed, makeFeed } from './feed.ts';
import { ask, ROOT, TOKEN } from './http/asked.ts';
import { odataError } from './http/data.ts';
import { Quota } from './http/quota.ts';
import { send } from './http/reply.ts';
import { serve } from './http/serve.ts';
import { Tokens } from './http/token.ts';
import type { World } from './http/world.ts';
import { Replications } from './odata/replication.ts';
import { type SandboxOptions, type Settings, settingsOf } from './options.ts';
import { sets } from './sets.ts';
import type { Seen } from './seen.ts';

export type { Fault, Faults } from './faults.ts';
export type { Feed } from './feed.ts';
export type { Refusal, SandboxOptions } from './options.ts';
export type { Seen } from './seen.ts';

/** What the sandbox can serve. */
export const setNames: readonly string[] = [...sets.keys()];

export type Sandbox = {
  /** `http://127.0.0.1:PORT/trestle/odata` */
  readonly url: string;
  /** `http://127.0.0.1:PORT/trestle/oidc/connect/token` */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly feed: Feed;
  /** Every request so far, in order; may be emptied. */
  readonly requests: Seen[];
  readonly faults: Faults;
  /** Awaited before each data request is answered: the place to change the feed under a client's feet. */
  onRequest: ((seen: Seen) => void | Promise<void>) | undefined;
  /** Resolves once the sandbox is closed, by `close` or over HTTP. */
  readonly closed: Promise<void>;
  /** Ends connections too. */
  close(): Promise<void>;
};

/** Starts a Trestle on this machine, with data of its own. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const settings = settingsOf(options);
  const world = makeWorld(settings);
  const server = makeServer(world);
  const closed = new Promise<void>((resolve) => void server.once('close', resolve));
  world.stop = () => {
    server.close();
    server.closeAllConnections();
    return closed;
  };
  const origin = await listen(server, settings.port);
  return Object.assign(world, {
    url: origin + ROOT,
    tokenUrl: origin + TOKEN,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    closed,
    close: () => world.stop(),
  });
}

function makeWorld(settings: Settings): World {
  const { feed, store } = makeFeed(settings, settings.now);
  return {
    settings,
    feed,
    store,
    tokens: new Tokens(settings),
    quota: new Quota(settings),
    faults: new FaultList(),
    replications: new Replications(settings.now),
    requests: [],
    onRequest: undefined,
    stop: () => Promise.resolve(),
  };
}

function makeServer(world: World): Server {
  // Longer than any client keeps an idle connection, so that none is closed just as it is used again.
  return createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    const asked = ask(request, world.settings.now());
    serve(world, asked, response).catch((error: unknown) => {
      if (response.headersSent) request.socket.destroy();
      else void send(request, response, odataError(500, String(error)));
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
