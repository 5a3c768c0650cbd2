import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseAddress } from '../db/address.ts';
import { readText } from './env-file.ts';
import type { CommonValues } from './variables.ts';

/** @param folder in which a relative path starts. @throws ConfigError if the file of MYSQL_SSL_CA is not UTF-8. */
export function buildTls(env: CommonValues, folder: string): DatabaseAddress['tls'] {
  if (env.MYSQL_SSL_CA === undefined && (env.MYSQL_SSL ?? 'off') === 'off') return undefined;
  const ca = env.MYSQL_SSL_CA === undefined ? undefined : readText(resolve(folder, env.MYSQL_SSL_CA));
  return { ca, checksName: env.MYSQL_SSL !== 'verify-ca' };
}

/** @throws ConfigError if the file of MYSQL_SSL_CA is not UTF-8. */
export function findTlsProblems(env: Partial<CommonValues>, folder: string): string[] {
  const { MYSQL_SSL_CA: file } = env;
  if (file === undefined) return [];
  const problem = findAuthorityProblem(resolve(folder, file));
  return [
    ...(problem === undefined ? [] : [`MYSQL_SSL_CA is "${file}": ${problem}`]),
    ...(env.MYSQL_SSL === 'off' ? ['MYSQL_SSL is "off" while MYSQL_SSL_CA is set: remove one of them'] : []),
  ];
}

/** Node.js accepts a file without any certificate and ignores it. */
function findAuthorityProblem(path: string): string | undefined {
  if (!existsSync(path)) return 'there is no such file';
  const blocks =
    readText(path).match(/-----BEGIN [\w ]*CERTIFICATE-----[^-]+-----END [\w ]*CERTIFICATE-----/g) ?? [];
  return blocks.some(isCertificate) ? undefined : 'it has no certificate in PEM format';
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
