import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = {
  readonly method: string;
  /** Path and query as they came over the wire. */
  readonly target: string;
  readonly path: string;
  /** Decoded. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

/** What a step of the script answers; a string or a buffer goes out as it is, all else as JSON. */
export type Reply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Takes the answer into its own hands: half a body, a cut connection, silence. */
  readonly raw?: (response: ServerResponse) => void;
};

export type Step = Reply | ((asked: Asked) => Reply);

export type ScriptedServer = {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Service root. */
  readonly base: string;
  readonly tokenUrl: string;
  /** What came to anything but the token endpoint. */
  readonly asked: Asked[];
  /** What came to the token endpoint. */
  readonly signIns: Asked[];
  close(): Promise<void>;
};

export type Script = {
  /** One step a data request; the last one is repeated. */
  readonly data?: Step | readonly Step[];
  /** The same for the token endpoint; by default it gives `token-1`, `token-2`, … for eight hours. */
  readonly token?: Step | readonly Step[];
};

/** A real HTTP server on this machine that says what the test wrote down, and remembers what it was asked. */
export async function scriptedServer({ data = {}, token }: Script): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const signIns: Asked[] = [];
  const give = (script: Step | readonly Step[], calls: readonly Asked[]): Reply => {
    const steps = Array.isArray(script) ? (script as readonly Step[]) : [script as Step];
    const step = steps[Math.min(calls.length, steps.length) - 1] ?? {};
    return typeof step === 'function' ? step(calls.at(-1)!) : step;
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const isToken = url.pathname.endsWith('/connect/token');
      const calls = isToken ? signIns : asked;
      calls.push({
        method: request.method ?? '',
        target: request.url ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      const script = isToken ? (token ?? granted(signIns.length)) : data;
      send(response, give(script, calls));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    base: `${origin}/trestle/odata`,
    tokenUrl: `${origin}/trestle/oidc/connect/token`,
    asked,
    signIns,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function granted(number: number): Reply {
  return { body: { access_token: `token-${number}`, expires_in: 28_800, token_type: 'Bearer' } };
}

function send(response: ServerResponse, { status = 200, headers = {}, body = '', raw }: Reply): void {
  if (raw !== undefined) {
    raw(response);
    return;
  }
  const isPlain = typeof body === 'string' || Buffer.isBuffer(body);
  response.writeHead(status, { 'content-type': isPlain ? 'text/html' : 'application/json', ...headers });
  response.end(isPlain ? body : JSON.stringify(body));
}
