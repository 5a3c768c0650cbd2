import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../errors.ts';
import { createApp } from './app.ts';
import { createServer, type ServerLimits } from './create-server.ts';
import { checkListingColumns } from './routes/listings/check-columns.ts';
import { isExposed } from './is-exposed.ts';
import type { ServeTools } from './tools.ts';

/** How long open requests may take after a stop signal: longer than a statement. The process ends within ten seconds. */
const DRAIN_MS = 8000;

/** How often connections that have become idle are closed after a stop signal. */
const CLOSE_IDLE_MS = 100;

/**
 * Answers requests until the signal, then completes open requests, within eight seconds.
 * @param onListen receives the address.
 * @throws ConfigError if others could call it without a key, a column of SERVE_LISTING_COLUMNS cannot be served, or the address
 *   cannot be listened on.
 */
export async function serve(
  tools: ServeTools,
  onListen: (address: string) => void,
  signal: AbortSignal,
  limits?: ServerLimits,
): Promise<void> {
  checkExposure(tools);
  await checkListingColumns(tools);
  const server = createServer(createApp(tools).fetch, limits);
  await listen(server, tools);
  onListen(formatAddress(server.address() as AddressInfo));
  await waitForStop(signal);
  await drain(server);
}

function checkExposure({ settings }: ServeTools): void {
  if (!isExposed(settings)) return;
  throw new ConfigError(
    `SERVE_HOST is ${settings.host}, and SERVE_KEYS has no key: anyone on the network could read it`,
    {
      op: 'serve',
      hint: 'set SERVE_KEYS, for example to site: and the output of: openssl rand -hex 24',
    },
  );
}

async function listen(server: Server, { settings: { host, port } }: ServeTools): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new ConfigError(`cannot listen on ${host}:${port}: ${cause.message}`, {
          op: 'serve',
          cause,
          hint: 'set SERVE_HOST to an address of this machine and SERVE_PORT to a free port',
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}

function formatAddress({ address, port }: AddressInfo): string {
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}/`;
}

async function waitForStop(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // A connection that is kept alive becomes idle when its answer is complete.
  const closing = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS);
  const giveUp = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(closing);
  clearTimeout(giveUp);
}
