import { connect, isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { DatabaseAddress } from './address.ts';

/** Protocol and cipher of a connection, such as `TLSv1.3` and `TLS_AES_256_GCM_SHA384`. */
export type Encryption = { readonly protocol: string; readonly cipher: string };

/** Options of mysql2's pool. */
type TransportOptions = {
  readonly host?: string;
  readonly port?: number;
  readonly socketPath?: string;
  readonly enableKeepAlive: boolean;
  readonly keepAliveInitialDelay: number;
  readonly ssl?: {
    readonly rejectUnauthorized: true;
    readonly verifyIdentity: boolean;
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  };
  /** Creates the TCP connection. */
  readonly stream?: () => Socket;
};

const KEEP_ALIVE_DELAY_MS = 10_000;

/** Selects how the driver connects: address and TLS. The name is not compared on a Unix socket, which has none. */
export function transportOptions({ host, port, socket, tls }: DatabaseAddress): TransportOptions {
  const address = socket === undefined ? { host, port } : { socketPath: socket };
  const keepAlive = { enableKeepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS };
  if (tls === undefined) return { ...address, ...keepAlive };
  const verifyIdentity = tls.checksName && socket === undefined;
  const ca = tls.ca === undefined ? {} : { ca: tls.ca };
  const client = tls.client === undefined ? {} : { cert: tls.client.certificate, key: tls.client.key };
  const stream = verifyIdentity && isIP(host) !== 0 ? { stream: () => connectByIp(host, port) } : {};
  return {
    ...address,
    ...keepAlive,
    ...stream,
    ssl: { rejectUnauthorized: true, verifyIdentity, ...ca, ...client },
  };
}

/**
 * mysql2 3.24 gives Node.js no name to compare if the host is an IP address. Node.js 20 then takes the socket's `_host`, which
 * it sets only for names, and finally `localhost`: it would accept a certificate for localhost from any address.
 */
function connectByIp(host: string, port: number): Socket {
  const socket = connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
  });
  return Object.assign(socket, { _host: host });
}

/** @param connection mysql2's own, not its wrapper with promises. @returns undefined if it is not encrypted. */
export function readEncryption(connection: object): Encryption | undefined {
  const { stream } = connection as { stream?: unknown };
  if (!(stream instanceof TLSSocket)) return undefined;
  return { protocol: stream.getProtocol() ?? 'TLS', cipher: stream.getCipher().standardName };
}
