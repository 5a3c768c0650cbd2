import { connect, type Socket } from 'node:net';

/** Opens a connection to a server. Its errors are ignored: servers reset connections that they refuse. */
export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}

/** All that the server sends until it closes the connection. */
export async function readAll(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return Buffer.concat(parts).toString();
}

/** Sends these bytes, and returns all that the server sends until it closes the connection. */
export async function sendBytes(url: string, bytes: string): Promise<string> {
  const socket = await openSocket(url);
  const answer = readAll(socket);
  socket.write(bytes, 'latin1');
  return answer;
}

/** The status of the first answer in these bytes; 0 if there is none. */
export function readStatusOf(text: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0);
}
