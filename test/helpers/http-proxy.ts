import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { atFileEnd } from './clean-up.ts';
import { temporaryFolder } from './pipeline.ts';

const servers: { server: Server; sockets: Set<Duplex> }[] = [];
atFileEnd(() => {
  for (const { server, sockets } of servers.splice(0)) {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  }
});

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex) => void sockets.add(socket.on('error', () => undefined));
  server.on('connection', keep).on('secureConnection', keep);
  servers.push({ server, sockets });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

export type HttpProxy = {
  readonly port: number;
  /** What it was asked for: `CONNECT host:port`, or `POST http://…` with an address of its own. */
  readonly asked: string[];
  /** The headers of all, to look for secrets. */
  readonly headers: IncomingMessage['headers'][];
  /** An answer in place of a connection: status line, headers and body; `silence` for none at all. */
  refuse: string | undefined;
};

/** A real proxy on this machine: CONNECT leads to one port, whatever is asked for; plain requests it answers itself. */
export async function httpProxy(port: number, credentials?: string): Promise<HttpProxy> {
  const authorization = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  const refusalTo = ({ headers }: IncomingMessage): string | undefined =>
    authorization !== undefined && headers['proxy-authorization'] !== authorization
      ? 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n<title>Who are you?</title>'
      : proxy.refuse;
  const note = (request: IncomingMessage): void => {
    proxy.asked.push(`${request.method} ${request.url}`);
    proxy.headers.push(request.headers);
  };
  const server = createServer((request, response) => {
    note(request);
    if (refusalTo(request) === undefined) response.writeHead(204).end();
    else response.writeHead(407).end();
  });
  server.on('connect', (request, client: Socket, head: Buffer) => {
    note(request);
    const refusal = refusalTo(request);
    if (refusal === 'silence') return;
    if (refusal !== undefined) {
      client.end(refusal);
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  const proxy: HttpProxy = { port: await listening(server), asked: [], headers: [], refuse: undefined };
  return proxy;
}

export type TlsFront = {
  readonly port: number;
  /** For NODE_EXTRA_CA_CERTS. */
  readonly ca: string;
};

/** TLS in front of a plain server, with a certificate for `host` that is signed by itself. */
export async function tlsFront(host: string, port: number): Promise<TlsFront> {
  const folder = temporaryFolder();
  const [key, ca] = [join(folder, 'key.pem'), join(folder, 'ca.pem')];
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host},DNS:hooks.${host}`];
  const options = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '30000',
    '-keyout',
    key,
    '-out',
    ca,
  ];
  execFileSync('openssl', [...options, ...subject], { stdio: 'ignore' });
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(ca) }, (client) => {
    const plain = connect(port, '127.0.0.1');
    plain.on('error', () => client.destroy());
    client.on('error', () => plain.destroy());
    client.pipe(plain).pipe(client);
  });
  return { port: await listening(server), ca };
}
