import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { atFileEnd } from './clean-up.ts';

/** A port in front of a server that can be closed, as if the server had stopped, and opened again. */
export type TcpGate = {
  readonly port: number;
  close(): Promise<void>;
  open(): Promise<void>;
  /** Passes nothing on any more, and does not report it: as if the cable was cut. `close` ends it. */
  freeze(): void;
};

export function tcpGate(host: string, port: number): Promise<TcpGate> {
  return gateTo({ host, port });
}

/** The same in front of a server that listens anywhere, such as on a Unix socket. */
export async function gateTo(where: NetConnectOpts): Promise<TcpGate> {
  let isFrozen = false;
  const sockets = new Set<Socket>();
  let own = 0;
  let server: Server;
  const open = async (): Promise<void> => {
    isFrozen = false;
    server = createServer((client) => {
      if (isFrozen) {
        sockets.add(client);
        return;
      }
      const target = connect(where);
      for (const socket of [client, target]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          sockets.delete(socket);
          if (!isFrozen) [client, target].forEach((each) => each.destroy());
        });
      }
      client.pipe(target).pipe(client);
    });
    await new Promise<void>((resolve) => {
      server.listen(own, '127.0.0.1', resolve);
    });
    const address = server.address();
    own = typeof address === 'object' && address !== null ? address.port : 0;
  };
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const freeze = (): void => {
    isFrozen = true;
    for (const socket of sockets) socket.unpipe().pause();
  };
  await open();
  atFileEnd(close);
  return { port: own, open, close, freeze };
}
