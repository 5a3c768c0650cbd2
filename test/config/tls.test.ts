import { createPrivateKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildTls, findTlsProblems } from '../../src/config/tls.ts';
import type { CommonValues } from '../../src/config/variables.ts';
import { ConfigError } from '../../src/errors.ts';
import { createAuthority } from '../helpers/certificates.ts';

const authority = createAuthority('Authority');
const client = authority.issue(['client']);
const CLIENT = { MYSQL_SSL_CERT: 'cert.pem', MYSQL_SSL_KEY: 'key.pem' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-config-'));
  write('ca.pem', authority.certificate);
  write('cert.pem', client.certificate);
  write('key.pem', client.key);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

const build = (env: Partial<CommonValues>): ReturnType<typeof buildTls> =>
  buildTls(env as CommonValues, folder);

function withPassphrase(format: 'pkcs8' | 'sec1'): string {
  const options = { format: 'pem', type: format, cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
  return String(createPrivateKey(client.key).export(options));
}

describe('a client certificate', () => {
  const expected = { certificate: client.certificate, key: client.key };

  test('turns on TLS, with the name checked', () => {
    expect(findTlsProblems(CLIENT, folder)).toEqual([]);
    expect(build(CLIENT)).toEqual({ ca: undefined, checksName: true, client: expected });
  });

  test('can be used with another mode and an authority', () => {
    const env = { ...CLIENT, MYSQL_SSL: 'verify-ca', MYSQL_SSL_CA: 'ca.pem' } as const;
    expect(findTlsProblems(env, folder)).toEqual([]);
    expect(build(env)).toEqual({ ca: authority.certificate, checksName: false, client: expected });
  });

  test('may be followed by its authority, and be in one file with its key', () => {
    write('both.pem', `${client.key}${client.certificate}${authority.certificate}`);
    expect(findTlsProblems({ MYSQL_SSL_CERT: 'both.pem', MYSQL_SSL_KEY: 'both.pem' }, folder)).toEqual([]);
  });

  test.each(['MYSQL_SSL_CERT', 'MYSQL_SSL_KEY'] as const)(
    'promise 21: needs both variables, not %s alone',
    (name) => {
      expect(findTlsProblems({ [name]: CLIENT[name] }, folder)).toEqual([
        'MYSQL_SSL_CERT and MYSQL_SSL_KEY belong together: set both, or none of them',
      ]);
    },
  );

  test('promise 21: contradicts MYSQL_SSL=off', () => {
    expect(findTlsProblems({ ...CLIENT, MYSQL_SSL: 'off' }, folder)).toEqual([
      'MYSQL_SSL is "off" while MYSQL_SSL_CERT is set: remove one of them',
    ]);
  });

  test('promise 21: files that do not exist are named, each', () => {
    expect(findTlsProblems({ MYSQL_SSL_CERT: 'no.pem', MYSQL_SSL_KEY: 'none.pem' }, folder)).toEqual([
      'MYSQL_SSL_CERT is "no.pem": there is no such file',
      'MYSQL_SSL_KEY is "none.pem": there is no such file',
    ]);
  });

  test.each(['MYSQL_SSL_CERT', 'MYSQL_SSL_KEY'] as const)(
    'promise 21: %s that is a folder is refused',
    (name) => {
      mkdirSync(join(folder, 'folder'));
      expect(() => findTlsProblems({ ...CLIENT, [name]: 'folder' }, folder)).toThrow(ConfigError);
    },
  );

  test.each([
    ['an encrypted PKCS #8 key', () => withPassphrase('pkcs8'), /passphrase.*openssl pkey/],
    ['an encrypted key in the old format', () => withPassphrase('sec1'), /passphrase.*openssl pkey/],
    ['a certificate', () => client.certificate, /no private key in PEM format/],
    ['a damaged key', () => client.key.replace(/\n\w{9}/, '\n'), /no private key in PEM format/],
    [
      'the key of another certificate',
      () => authority.issue(['client']).key,
      /not the key of the certificate/,
    ],
  ])('promise 21: %s is refused as key, without showing it', (_, make, problem) => {
    const text = make();
    write('key.pem', text);
    const problems = findTlsProblems(CLIENT, folder);
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems[0]).toMatch(/^MYSQL_SSL_KEY is "key\.pem": /);
    expect(problems[0]).not.toContain(text.split('\n')[1]);
  });

  test('promise 21: a key is no certificate', () => {
    write('cert.pem', client.key);
    expect(findTlsProblems(CLIENT, folder)).toEqual([
      'MYSQL_SSL_CERT is "cert.pem": it has no certificate in PEM format',
    ]);
  });
});
