import { expect, test } from 'vitest';
import { createAuthority } from '../../helpers/certificates.ts';
import { checkEncryption } from '../../../src/commands/doctor/encryption.ts';

const CIPHER = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' };

test.each([
  ['localhost', undefined],
  ['127.0.0.1', undefined],
  ['::1', undefined],
  ['db.example', '/run/mysqld/mysqld.sock'],
])('no encryption on this machine needs no advice: %s, socket %s', (host, socket) => {
  expect(checkEncryption(undefined, { host, socket, tls: undefined })).toMatchObject({ result: 'ok' });
});

test.each(['db.example', '10.0.0.5', 'localhost.example'])(
  'no encryption to %s is a warning with the setting',
  (host) => {
    expect(checkEncryption(undefined, { host, socket: undefined, tls: undefined })).toMatchObject({
      result: 'warn',
      what: expect.stringContaining(host),
      advice: expect.stringContaining('MYSQL_SSL=on'),
    });
  },
);

test.each([
  [{ ca: undefined, checksName: true }, undefined, 'certificate and name verified'],
  [{ ca: undefined, checksName: false }, undefined, 'host name not checked'],
  [{ ca: undefined, checksName: true }, '/run/mysqld/mysqld.sock', 'host name not checked'],
])('the report has the cipher and what was verified: %o, socket %s', (tls, socket, what) => {
  const finding = checkEncryption(CIPHER, { host: 'db.example', socket, tls });
  expect(finding).toMatchObject({ result: 'ok', what: expect.stringContaining(what) });
  expect(finding.what).toContain('TLSv1.3, TLS_AES_256_GCM_SHA384');
});

test('the report has the last day of a client certificate', () => {
  const client = createAuthority('Authority').issue(['client'], 10);
  const tls = { ca: undefined, checksName: true, client };
  const { what } = checkEncryption(CIPHER, { host: 'db.example', socket: undefined, tls });
  const [, day] = /; client certificate valid until (\d{4}-\d\d-\d\d)$/.exec(what) ?? [];
  expect(Math.abs(Date.parse(day!) - Date.now() - 9.5 * 86_400_000)).toBeLessThan(86_400_000);
});
