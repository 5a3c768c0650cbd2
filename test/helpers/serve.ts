import { request } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openContext } from '../../src/app/context.ts';
import { createServeTools } from '../../src/commands/serve/create-tools.ts';
import type { Logger } from '../../src/model/log.ts';
import type { ServerLimits } from '../../src/serve/create-server.ts';
import { serve } from '../../src/serve/serve.ts';
import { atTestEnd } from './clean-up.ts';
import type { FreshDatabase } from './database.ts';
import { capturedIo } from './io.ts';
import { temporaryFolder } from './pipeline.ts';

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON. */
  json(): Envelope;
};

export type Envelope = {
  readonly status: string;
  readonly data: Record<string, unknown>[];
  readonly metadata: {
    readonly request_id: string;
    readonly pagination: {
      readonly next_cursor: string | null;
      readonly total_items: number | null;
      readonly has_next: boolean;
    };
    readonly next_updated_after?: string;
  };
};

export type Served = {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The lines of the log of requests. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Sends a request as it is: any header, any method, a path that need not be an address. */
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Reply>;
  /** What a signal does. */
  stop(): Promise<void>;
};

const FEED = {
  TRESTLE_API_BASE_URL: 'http://127.0.0.1:9/trestle/odata',
  TRESTLE_CLIENT_ID: 'nobody',
  TRESTLE_CLIENT_SECRET: 'a-secret-of-the-feed',
};

/** Serves a database in this process, with the settings of a `.env`. Ends with the test. */
export async function served(
  db: Pick<FreshDatabase, 'env'>,
  env: Readonly<Record<string, string>> = {},
  limits?: ServerLimits,
): Promise<Served> {
  const folder = temporaryFolder();
  const lines = { ...FEED, ...db.env, SERVE_PORT: '0', SERVE_RATE_LIMIT: '1000000', ...env };
  const text = Object.entries(lines).map(([name, value]) => `${name}="${value}"\n`);
  writeFileSync(join(folder, '.env'), text.join(''));
  const stop = new AbortController();
  const { io } = capturedIo({ folder, signal: stop.signal });
  const context = await openContext(
    { cwd: () => folder, envFile: join(folder, '.env') },
    { commands: [], access: 'look', io },
  );
  const opened = context.openServe();
  const logged: Record<string, unknown>[] = [];
  const tools = createServeTools(context, { ...opened, log: keepLines(logged) });
  let ended: Promise<void> = Promise.resolve();
  const url = await new Promise<string>((resolve, reject) => {
    ended = serve(tools, (address) => resolve(address.replace(/\/$/, '')), stop.signal, limits);
    ended.catch(reject);
  });
  const close = async (): Promise<void> => {
    stop.abort();
    await ended;
    await opened.database.close();
    await context.close();
  };
  let closed: Promise<void> | undefined;
  const end = (): Promise<void> => (closed ??= close());
  atTestEnd(end);
  return { url, lines: logged, stop: end, get: (path, headers, method) => ask(url, path, headers, method) };
}

function keepLines(lines: Record<string, unknown>[]): Logger {
  const keep = (data: object, message: string): void => void lines.push({ ...data, message });
  return { debug: keep, info: keep, warn: keep, error: keep };
}

async function ask(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Reply> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname: hostname.replace(/[[\]]/g, ''),
        port,
        path,
        method,
        headers: { host, ...headers },
        agent: false,
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Record<string, string>,
            text,
            json: () => JSON.parse(text) as Envelope,
          });
        });
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}
