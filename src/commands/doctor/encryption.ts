import { X509Certificate } from 'node:crypto';
import type { DatabaseAddress, TlsSettings } from '../../db/address.ts';
import type { Encryption } from '../../db/tls.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { type Finding, ok, warn } from '../../sources/check.ts';

/** Reports how the connection to the database is encrypted. A connection that leaves the machine should be. */
export function checkEncryption(
  encryption: Encryption | undefined,
  { host, socket, tls }: Pick<DatabaseAddress, 'host' | 'socket' | 'tls'>,
): Finding {
  if (encryption !== undefined) {
    const hasName = tls?.checksName === true && socket === undefined;
    const name = hasName ? 'certificate and name verified' : 'certificate verified, host name not checked';
    return ok(`${encryption.protocol}, ${encryption.cipher}; ${name}${describeClient(tls)}`);
  }
  if (socket !== undefined || isLoopback({ hostname: host }))
    return ok('none; the server is on this machine');
  return warn(
    `none: other hosts between this machine and ${host} can read the data`,
    'set MYSQL_SSL=on, and MYSQL_SSL_CA if a private authority signed the certificate; on a private network you can leave it',
  );
}

function describeClient(tls: TlsSettings | undefined): string {
  if (tls?.client === undefined) return '';
  const until = new Date(new X509Certificate(tls.client.certificate).validTo);
  return `; client certificate valid until ${until.toISOString().slice(0, 10)}`;
}
