import { connect, createServer } from 'node:net';

/**
 * The version that a MySQL or MariaDB server says in the first packet it sends, or undefined when none answers.
 * Needs no driver, so that it works before `npm ci`.
 * @param {{ host: string, port: number } | { path: string }} address
 * @returns {Promise<string | undefined>}
 */
export function greeting(address) {
  return new Promise((resolve) => {
    const socket = connect(address);
    /** @param {string} [version] */
    const done = (version) => {
      socket.destroy();
      resolve(version);
    };
    socket.setTimeout(5000, () => done());
    socket.once('error', () => done());
    socket.once('close', () => done());
    socket.once('data', (packet) => done(versionIn(packet)));
  });
}

/**
 * Protocol 10: four bytes of header, the byte 10, the version, a zero byte. MariaDB 10 puts "5.5.5-" before its own
 * version because old replicas would not accept a two-digit one.
 * @param {Buffer} packet
 */
function versionIn(packet) {
  const end = packet.indexOf(0, 5);
  if (packet[4] !== 10 || end < 0) return undefined;
  return packet.toString('latin1', 5, end).replace(/^5\.5\.5-/, '');
}

/**
 * A TCP port of 127.0.0.1 that nobody uses at this moment.
 * @returns {Promise<number>}
 */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : 0));
    });
  });
}
