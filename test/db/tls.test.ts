import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DatabaseAddress } from '../../src/db/address.ts';
import { openDatabase } from '../../src/db/pool.ts';
import type { Encryption } from '../../src/db/tls.ts';
import { ConfigError, CredentialsError, type EtlError, UnavailableError } from '../../src/errors.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { type Certificate, createAuthority } from '../helpers/certificates.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { type FreshDatabase, serverKind } from '../helpers/database.ts';
import { doctor, expectOnly, found } from '../helpers/doctor.ts';
import { type OwnServer, startOwnServer } from '../helpers/own-server.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { proxyTo } from '../helpers/proxy.ts';

const isMaria = serverKind() === 'mariadbd';
const authority = createAuthority('Test authority');
const another = createAuthority('Another authority');
const unknown = createAuthority('Unknown authority');
const good = authority.issue(['localhost', 'db.example']);
const stranger = another.issue(['localhost']);
const expired = authority.issue(['localhost'], -1);
const byIp = authority.issue(['127.0.0.1']);

let own: OwnServer;
let folder: string;
let db: FreshDatabase;
let sandbox: Sandbox;

/** The server reloads its certificate on request: one start is enough for all of them. */
beforeAll(async () => {
  own = await startOwnServer((root) => {
    folder = mkdtempSync(join(root === '' ? tmpdir() : join(root, 'tmp'), 'trestle-tls-'));
    chmodSync(folder, 0o755);
    write(good);
    writeFileSync(join(folder, 'ca.pem'), authority.certificate + another.certificate);
    const inside = folder.slice(root.length);
    const [ca, cert, key] = ['ca', 'cert', 'key'].map((name) => `--ssl-${name}=${inside}/${name}.pem`);
    return [ca!, cert!, key!];
  });
  db = await own.database('tls');
  sandbox = await sandboxFor({ listings: 5 });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write({ certificate, key }: Certificate): void {
  writeFileSync(join(folder, 'cert.pem'), certificate);
  writeFileSync(join(folder, 'key.pem'), key);
}

/** Gives the server another certificate for new connections. MySQL takes only one that it can verify: none that has expired. */
async function present(certificate: Certificate): Promise<void> {
  write(certificate);
  await own.root.query(isMaria ? 'FLUSH SSL' : 'ALTER INSTANCE RELOAD TLS');
}

/** Connects as the tool does. @returns the encryption, or the error. */
async function connect(address: Partial<DatabaseAddress> = {}): Promise<Encryption | EtlError | undefined> {
  const { host, port, user, password, name } = db;
  const tls = { ca: authority.certificate, checksName: true };
  const database = openDatabase({
    host,
    port,
    user,
    password,
    database: name,
    socket: undefined,
    tls,
    ...address,
  });
  try {
    const connection = await database.connect();
    const encryption = connection.encryption();
    connection.release();
    return encryption;
  } catch (error) {
    return error as EtlError;
  } finally {
    await database.close();
  }
}

/** Creates an account with all rights on the database. @param how what follows its name in CREATE USER. */
async function createAccount(name: string, how: string): Promise<void> {
  await own.root.query(`DROP USER IF EXISTS '${name}'@'%'`);
  await own.root.query(`CREATE USER '${name}'@'%' ${how}`);
  await own.root.query(`GRANT ALL ON ${db.name}.* TO '${name}'@'%'`);
}

/** A folder with these settings, and the authority in `ca.pem`. */
function settings(more: Record<string, string | undefined> = {}): string {
  const at = configured(sandbox, db, { MYSQL_HOST: 'localhost', MYSQL_SSL_CA: 'ca.pem', ...more });
  writeFileSync(join(at, 'ca.pem'), authority.certificate);
  return at;
}

/** Sizes of the packets that a client sends until it is signed in. */
async function sizes(
  tls: DatabaseAddress['tls'],
  account: { user: string; password: string },
): Promise<number[]> {
  const proxy = await proxyTo(db.host, db.port);
  const seen: number[] = [];
  proxy.onClientData = (data) => {
    seen.push(data.length);
    return false;
  };
  const outcome = await connect({ host: 'localhost', port: proxy.port, tls, ...account });
  await proxy.close();
  expect(outcome === undefined || !(outcome instanceof Error)).toBe(true);
  return seen;
}

const ENCRYPTED = { protocol: 'TLSv1.3', cipher: expect.stringMatching(/^TLS_/) };

beforeEach(() => present(good));

describe('TLS', () => {
  const trusted = { ca: authority.certificate, checksName: true };
  /** The authorities that Node.js knows. */
  const system = { ca: undefined, checksName: true };

  test.each([
    ['a name', good, 'localhost'],
    ['an IP address', byIp, '127.0.0.1'],
  ])(
    'encrypts if the certificate has %s of MYSQL_HOST and a trusted authority signed it',
    async (_, certificate, host) => {
      await present(certificate);
      expect(await connect({ host })).toEqual(ENCRYPTED);
    },
  );

  const refused: readonly (readonly [string, Certificate, string, DatabaseAddress['tls'], string])[] = [
    ['a certificate for another name', byIp, 'localhost', trusted, 'MYSQL_SSL=verify-ca'],
    ['a certificate for localhost, from an IP address', good, '127.0.0.1', trusted, 'MYSQL_SSL=verify-ca'],
    ['a certificate of an unknown authority', stranger, 'localhost', trusted, 'MYSQL_SSL_CA'],
    ['a private authority without MYSQL_SSL_CA', good, 'localhost', system, 'MYSQL_SSL_CA'],
    ['a certificate that signed itself', another, 'localhost', system, 'MYSQL_SSL_CA'],
    ['an expired certificate', expired, 'localhost', trusted, 'renew'],
  ];

  test.each(refused.filter(([, certificate]) => isMaria || certificate !== expired))(
    '%s is refused before the password is sent',
    async (_, certificate, host, tls, hint) => {
      await present(certificate);
      const error = await connect({ host, tls, user: 'nobody' });
      // The server would refuse this user: another error would show that it was asked.
      expect(error).toBeInstanceOf(ConfigError);
      expect(error).toMatchObject({ exitCode: 78, hint: expect.stringContaining(hint) });
    },
  );

  test('verify-ca accepts any name, but neither another authority nor an expired certificate', async () => {
    const tls = { ca: authority.certificate, checksName: false };
    await present(byIp);
    expect(await connect({ host: 'localhost', tls })).toEqual(ENCRYPTED);
    for (const certificate of [stranger, ...(isMaria ? [expired] : [])]) {
      await present(certificate);
      expect(await connect({ host: 'localhost', tls })).toMatchObject({ exitCode: 78 });
    }
  });

  test('a connection that breaks during the handshake may be tried again', async () => {
    const server = createServer((client) => {
      const upstream = connectTcp(db.port, db.host);
      upstream.pipe(client);
      // The first packet asks for TLS; the second starts the handshake.
      client.once('data', (data) => {
        upstream.write(data);
        client.once('data', () => client.destroy());
      });
      client.on('close', () => upstream.destroy());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const error = await connect({ host: 'localhost', port: (server.address() as AddressInfo).port });
    server.close();
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ exitCode: 69 });
  });

  test('an account that requires TLS signs in with it only, and the hint of the refusal names the setting', async () => {
    await createAccount('strict', "IDENTIFIED BY 'secret' REQUIRE SSL");
    const account = { user: 'strict', password: 'secret' };
    expect(await connect({ host: 'localhost', ...account })).toEqual(ENCRYPTED);
    const error = await connect({ tls: undefined, ...account });
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error).toMatchObject({ hint: expect.stringContaining('MYSQL_SSL=on') });
  });

  test('a server that requires TLS is named with the setting', async () => {
    await own.setGlobals({ require_secure_transport: 'ON' });
    expect(await connect({ host: 'localhost' })).toEqual(ENCRYPTED);
    const error = await connect({ tls: undefined });
    expect(error).toMatchObject({
      exitCode: isMaria ? 77 : 78,
      hint: expect.stringContaining('MYSQL_SSL=on'),
    });
    await own.setGlobals({});
  });

  test('a Unix socket can be encrypted too; it has no name to compare', async () => {
    await present(byIp);
    expect(await connect({ host: 'elsewhere.example', socket: own.server.socket })).toEqual(ENCRYPTED);
    expect(await connect({ socket: own.server.socket, tls: undefined })).toBeUndefined();
  });
});

describe('client certificates', () => {
  const tls = { ca: authority.certificate, checksName: true };
  const account = { host: 'localhost', user: 'named', password: 'secret' };

  beforeAll(() => createAccount('named', "IDENTIFIED BY 'secret' REQUIRE X509"));

  test('an account that requires one signs in with it, and only with the right password', async () => {
    const client = authority.issue(['client']);
    expect(await connect({ ...account, tls: { ...tls, client } })).toEqual(ENCRYPTED);
    expect(await connect({ ...account, password: 'wrong', tls: { ...tls, client } })).toBeInstanceOf(
      CredentialsError,
    );
  });

  test('without one it is refused, with the settings', async () => {
    const error = await connect({ ...account, tls });
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error).toMatchObject({ hint: expect.stringContaining('MYSQL_SSL_CERT and MYSQL_SSL_KEY') });
  });

  test.each([
    ['another authority', unknown.issue(['client']), /alert unknown ca$/],
    ['yesterday', authority.issue(['client'], -1), /alert certificate expired$/],
  ])('one of %s is refused, with one line that names the setting', async (_, client, message) => {
    for (const user of ['named', db.user]) {
      const error = await connect({ ...account, user, tls: { ...tls, client } });
      expect(error).toBeInstanceOf(ConfigError);
      expect(error).toMatchObject({
        exitCode: 78,
        message: expect.stringMatching(message),
        hint: expect.stringContaining('MYSQL_SSL_CERT'),
      });
    }
  });

  test('a sync runs with the files of the settings, and doctor reports the certificate', async () => {
    const client = authority.issue(['client']);
    const at = settings({
      MYSQL_USER: 'named',
      MYSQL_PASSWORD: 'secret',
      MYSQL_SSL_CERT: 'client-cert.pem',
      MYSQL_SSL_KEY: 'client-key.pem',
    });
    writeFileSync(join(at, 'client-cert.pem'), client.certificate);
    writeFileSync(join(at, 'client-key.pem'), client.key);
    expect(await trestle(at, ['sync'])).toMatchObject({ code: 0 });
    expect(found(await doctor(at), 'database encryption')).toMatchObject({
      result: 'ok',
      what: expect.stringMatching(
        /; certificate and name verified; client certificate valid until \d{4}-\d\d-\d\d$/,
      ),
    });
    writeFileSync(join(at, 'client-cert.pem'), unknown.issue(['client']).certificate);
    const refused = await trestle(at, ['sync']);
    expect(refused).toMatchObject({ code: 78 });
    expect(refused.stderr).toContain('MYSQL_SSL_KEY is "client-key.pem": it is not the key');
  });
});

describe('the settings', () => {
  test('a sync runs encrypted, and doctor reports the cipher and what was verified', async () => {
    await createAccount('strict', "IDENTIFIED BY 'secret' REQUIRE SSL");
    const strict = { MYSQL_USER: 'strict', MYSQL_PASSWORD: 'secret' };
    expect(await trestle(settings(strict), ['sync'])).toMatchObject({ code: 0 });
    expect(found(await doctor(settings()), 'database encryption')).toMatchObject({
      result: 'ok',
      what: expect.stringMatching(/^TLSv1\.3, TLS_\w+; certificate and name verified$/),
    });
    const lax = found(await doctor(settings({ MYSQL_SSL: 'verify-ca' })), 'database encryption');
    expect(lax).toMatchObject({ result: 'ok', what: expect.stringContaining('host name not checked') });
    const none = settings({ MYSQL_SSL_CA: undefined });
    expect(found(await doctor(none), 'database encryption')).toMatchObject({ result: 'ok' });
  });

  test('doctor reports why a certificate is refused, and its advice fixes it', async () => {
    await present(byIp);
    const report = await doctor(settings());
    expectOnly(
      report,
      'database',
      /TLS to the database cannot be used: .*altnames/,
      /MYSQL_HOST.*MYSQL_SSL=verify-ca/,
    );
    expect(found(report, 'database encryption')).toMatchObject({ result: 'skipped' });
    expect(await trestle(settings({ MYSQL_SSL: 'verify-ca' }), ['status'])).toMatchObject({ code: 0 });
  });
});

describe('sign-in', () => {
  /** A password encrypted with the server's key of 2048 bits, in a packet with a header of 4 bytes. */
  const RSA_PACKET = 260;

  test.skipIf(isMaria)(
    'caching_sha2_password: with the key of the server at first, then by its cache',
    async () => {
      const account = { user: 'sha2', password: 'pä55 wörd 🔑' };
      await createAccount('sha2', `IDENTIFIED WITH caching_sha2_password BY '${account.password}'`);
      expect(await sizes(undefined, account)).toContain(RSA_PACKET);
      expect(await sizes(undefined, account)).not.toContain(RSA_PACKET);
      await own.root.query('FLUSH PRIVILEGES');
      expect(await connect({ host: 'localhost', ...account })).toEqual(ENCRYPTED);
      expect(await connect({ tls: undefined, ...account, password: 'wrong' })).toBeInstanceOf(
        CredentialsError,
      );
    },
  );

  test.runIf(isMaria)('mysql_native_password and ed25519: one signs in, the other is named', async () => {
    await createAccount('native', "IDENTIFIED VIA mysql_native_password USING PASSWORD('pä55')");
    expect(await connect({ user: 'native', password: 'pä55', tls: undefined })).toBeUndefined();
    await own.root.query("INSTALL SONAME 'auth_ed25519'").catch((error: { errno?: number }) => {
      if (error.errno !== 1968) throw error;
    });
    await createAccount('ed', "IDENTIFIED VIA ed25519 USING PASSWORD('secret')");
    expect(await connect({ user: 'ed', password: 'secret', tls: undefined })).toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('client_ed25519'),
      hint: expect.stringContaining('mysql_native_password'),
    });
  });

  test('an account of the operating system signs in through the socket with any password', async () => {
    const { username } = userInfo();
    const plugin = isMaria ? 'VIA unix_socket' : 'WITH auth_socket';
    if (!isMaria)
      await own.root.query("INSTALL PLUGIN auth_socket SONAME 'auth_socket.so'").catch(() => undefined);
    const [account, by] = isMaria ? [username, plugin] : ['by_socket', `${plugin} AS '${username}'`];
    const admin = account === 'root' ? " OR mysql_native_password USING PASSWORD('')" : '';
    await own.root.query(`CREATE USER IF NOT EXISTS '${account}'@'localhost'`);
    await own.root.query(`ALTER USER '${account}'@'localhost' IDENTIFIED ${by}${admin}`);
    await own.root.query(`GRANT SELECT ON ${db.name}.* TO '${account}'@'localhost'`);
    const { socket } = own.server;
    expect(await connect({ user: account, password: 'any', socket, tls: undefined })).toBeUndefined();
    expect(await connect({ user: account, password: 'any', tls: undefined })).toBeInstanceOf(
      CredentialsError,
    );
  });
});
