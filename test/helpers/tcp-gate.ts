import { connect, createServer, type Server, type Socket } from 'node:net';
import { atFileEnd } from './clean-up.ts';

/** A port in front of a server that can be closed, as if the server had stopped, and opened again. */
export type TcpGate = { readonly port: number; close(): Promise<void>; open(): Promise<void> };

export async function tcpGate(host: string, port: number): Promise<TcpGate> {
  const sockets = new Set<Socket>();
  let own = 0;
  let server: Server;
  const open = async (): Promise<void> => {
    server = createServer((client) => {
      const target = connect(port, host);
      for (const socket of [client, target]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => sockets.delete(socket));
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
  await open();
  atFileEnd(close);
  return { port: own, open, close };
}
