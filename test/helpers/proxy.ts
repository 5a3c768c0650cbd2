import { createServer, connect, type Socket } from 'node:net';
import { type Database, openDatabase } from '../../src/db/pool.ts';
import { atFileEnd } from './clean-up.ts';
import { type Pipeline, pipeline } from './pipeline.ts';

/** What a client asks the server for. */
export type Command = {
  /** The statement's text, whether it is sent, prepared or run as a prepared one; `CONNECT` for a new connection. */
  readonly sql: string;
  /** Of the packet; a prepared statement that is run has its values in there. */
  readonly bytes: number;
  /** Whether a prepared statement is run, so that its text was seen before. */
  readonly isPrepared: boolean;
  /** Counts the connections, from 1. */
  readonly connection: number;
};

export type Proxy = {
  readonly port: number;
  /** Breaks every connection that is open. */
  cut(): void;
  /** Breaks them, and lets nobody in for so many milliseconds. */
  stayAway(ms: number): void;
  /** Told of what the client sends; once it returns true, the data are passed on, and the answer is lost. */
  onClientData: ((data: Buffer) => boolean) | undefined;
  /** The number of an error to answer in the server's stead, which then is told nothing. */
  refuse: ((command: Command) => number | undefined) | undefined;
  close(): Promise<void>;
};

/** A TCP proxy before a server on loopback, for faults where a test wants them. It understands no TLS. */
export async function proxyTo(host: string, port: number): Promise<Proxy> {
  const open = new Set<Socket>();
  let awayUntil = 0;
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    const connection = connections;
    if (Date.now() < awayUntil) {
      client.destroy();
      return;
    }
    const refused = proxy.refuse?.({ sql: 'CONNECT', bytes: 0, isPrepared: false, connection });
    if (refused !== undefined) {
      client.on('error', () => undefined);
      client.end(errorPacket(refused, 0));
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
    const talk = conversation(upstream);
    client.on('data', (data) => {
      const isLast = proxy.onClientData?.(data) ?? false;
      if (isLast) upstream.unpipe(client);
      for (const { packet, command } of talk(data)) {
        const errno = command === undefined ? undefined : proxy.refuse?.({ ...command, connection });
        if (errno === undefined) upstream.write(packet);
        else client.write(errorPacket(errno, 1));
      }
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
    refuse: undefined,
    close: async () => {
      proxy.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

const [QUERY, PREPARE, EXECUTE] = [0x03, 0x16, 0x17];

type Said = { readonly packet: Buffer; readonly command: Omit<Command, 'connection'> | undefined };

/**
 * Cuts what the client sends into packets (three bytes of length, one that is 0 where a command begins, then the
 * command's code), and learns from the server's answers which number a prepared statement got.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
 */
function conversation(upstream: Socket): (data: Buffer) => Said[] {
  const prepared = new Map<number, string>();
  let preparing: string | undefined;
  let rest: Buffer = Buffer.alloc(0);
  upstream.on('data', (answer: Buffer) => {
    // Only one command is under way at a time, so that its answer begins with the chunk: OK, then the number.
    if (preparing !== undefined && answer[4] === 0) prepared.set(answer.readUInt32LE(5), preparing);
    preparing = undefined;
  });
  const commandOf = (packet: Buffer): Said['command'] => {
    const code = packet[3] === 0 ? packet[4] : undefined;
    const isPrepared = code === EXECUTE;
    preparing = undefined;
    if (!isPrepared && code !== QUERY && code !== PREPARE) return undefined;
    // Of a query MySQL 8 and its clients put attributes first: none of them, in one set.
    const start = code === QUERY && packet[5] === 0 ? 7 : 5;
    const sql = isPrepared ? prepared.get(packet.readUInt32LE(5)) : packet.toString('utf8', start);
    if (code === PREPARE) preparing = sql;
    return { sql: sql ?? '', bytes: packet.length, isPrepared };
  };
  return (data) => {
    const said: Said[] = [];
    rest = Buffer.concat([rest, data]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUIntLE(0, 3)) {
      const packet = rest.subarray(0, 4 + rest.readUIntLE(0, 3));
      rest = rest.subarray(packet.length);
      said.push({ packet, command: commandOf(packet) });
    }
    return said;
  };
}

function errorPacket(errno: number, sequence: number): Buffer {
  const text = Buffer.from('\xff  #HY000the test says so', 'latin1');
  text.writeUInt16LE(errno, 1);
  const head = Buffer.alloc(4);
  head.writeUIntLE(text.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, text]);
}

const cleanups: (() => Promise<void>)[] = [];

atFileEnd(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

export type Proxied = Pipeline & { readonly proxy: Proxy; readonly database: Database };

/** A pipeline whose runs reach their database through a proxy. */
export async function proxied(listings: number): Promise<Proxied> {
  const all = await pipeline({ listings });
  const proxy = await proxyTo(all.db.host, all.db.port);
  const database = openDatabase({
    ...all.db,
    port: proxy.port,
    database: all.db.name,
    socket: undefined,
    tls: undefined,
  });
  cleanups.push(
    () => database.close(),
    () => proxy.close(),
  );
  const run: Pipeline['run'] = (options, settings) =>
    all.run(options, { ...settings, tools: { database, ...settings?.tools } });
  return { ...all, run, proxy, database };
}

/** What happens when the feed is asked for this page of listings. */
export function atPage({ sandbox }: Pipeline, page: number, happens: () => Promise<unknown>): void {
  let pages = 0;
  sandbox.onRequest = async ({ resource }) => {
    if (resource !== 'Property') return;
    pages += 1;
    if (pages === page) await happens();
  };
}
