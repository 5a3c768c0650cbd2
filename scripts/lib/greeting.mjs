import { connect, createServer } from 'node:net';

/**
 * Reads the version from the first packet of a MySQL or MariaDB server; undefined if none answers.
 * Needs no driver, so that it works before `npm ci`.
 * @param {{ host: string, port: number } | { path: string }} address
 * @returns {Promise<string | undefined>}
 */
export function readGreeting(address) {
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
    socket.once('data', (packet) => done(parseVersion(packet)));
  });
}

/**
 * Protocol 10: four bytes of header, the byte 10, the version, a zero byte. MariaDB 10 adds the prefix "5.5.5-"
 * because old replicas do not accept a two-digit version.
 * @param {Buffer} packet
 */
function parseVersion(packet) {
  const end = packet.indexOf(0, 5);
  if (packet[4] !== 10 || end < 0) return undefined;
  return packet.toString('latin1', 5, end).replace(/^5\.5\.5-/, '');
}

/**
 * Finds a free TCP port of 127.0.0.1.
 * @returns {Promise<number>}
 */
export function findFreePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : 0));
    });
  });
}
