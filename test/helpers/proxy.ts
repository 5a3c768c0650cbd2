import { createServer, connect, type Socket } from 'node:net';

export type Proxy = {
  readonly port: number;
  /** Breaks every connection that is open. */
  cut(): void;
  /** Breaks them, and lets nobody in for so many milliseconds. */
  stayAway(ms: number): void;
  /** Told of what the client sends; once it returns true, the data are passed on, and the answer is lost. */
  onClientData: ((data: Buffer) => boolean) | undefined;
  close(): Promise<void>;
};

/** A TCP proxy before a server on loopback, for cutting connections where a test wants them cut. */
export async function proxyTo(host: string, port: number): Promise<Proxy> {
  const open = new Set<Socket>();
  let awayUntil = 0;
  const server = createServer((client) => {
    if (Date.now() < awayUntil) {
      client.destroy();
      return;
    }
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.pipe(client);
    client.on('data', (data) => {
      const isLast = proxy.onClientData?.(data) ?? false;
      if (isLast) upstream.unpipe(client);
      upstream.write(data);
      // Time for the server to have done it before its connection is gone too.
      if (isLast) setTimeout(() => client.destroy(), 200);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const proxy: Proxy = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut: () => open.forEach((socket) => socket.destroy()),
    stayAway: (ms) => {
      awayUntil = Date.now() + ms;
      proxy.cut();
    },
    onClientData: undefined,
    close: async () => {
      proxy.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
