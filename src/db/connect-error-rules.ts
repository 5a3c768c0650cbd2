import { ConfigError, CredentialsError, UnavailableError } from '../errors.ts';
import type { ErrorRule } from './error-rule.ts';

/** mysql2 3.24 supports these, and mysql_clear_password, which would send the password in clear text. */
const PLUGINS = 'caching_sha2_password, sha256_password and mysql_native_password';
const OTHER_PLUGIN =
  `switch the account to a plug-in that trestle-etl supports (${PLUGINS}): ` +
  "ALTER USER … IDENTIFIED WITH caching_sha2_password BY '…' on MySQL, " +
  "ALTER USER … IDENTIFIED VIA mysql_native_password USING PASSWORD('…') on MariaDB";

const SIGN_IN = 'the database refused the sign-in: ';
const ACCOUNT = "the database's account cannot be used: ";

/** Errors during sign-in. */
export const SIGN_IN_RULES: readonly ErrorRule[] = [
  {
    pattern: /using unknown plugin|MYSQL_CLEAR_PASSWORD_NOT_ENABLED/,
    Kind: ConfigError,
    prefix: "the database's account signs in with a plug-in that trestle-etl does not support: ",
    hint: OTHER_PLUGIN,
  },
  {
    pattern: /AUTH_SWITCH_PLUGIN_ERROR/,
    Kind: ConfigError,
    prefix: "the database's account cannot sign in without TLS: ",
    hint: 'set MYSQL_SSL=on',
  },
  // The client does not support the protocol (old passwords); MySQL 8.4 and later without mysql_native_password.
  {
    errnos: [1251, 1524],
    Kind: ConfigError,
    prefix: "the database's account signs in with a plug-in that cannot be used: ",
    hint: OTHER_PLUGIN,
  },
  {
    errnos: [3159],
    Kind: ConfigError,
    prefix: 'the database accepts encrypted connections only: ',
    hint: 'set MYSQL_SSL=on, and MYSQL_SSL_CA if its certificate is signed by a private authority',
  },
  {
    errnos: [1045, 1698],
    Kind: CredentialsError,
    prefix: SIGN_IN,
    hint: 'check MYSQL_USER and MYSQL_PASSWORD; if the account or the server requires TLS: set MYSQL_SSL=on; if it requires a client certificate: set MYSQL_SSL_CERT and MYSQL_SSL_KEY',
  },
  {
    errnos: [1130],
    Kind: CredentialsError,
    prefix: SIGN_IN,
    hint: 'create the account for the host that the message names: CREATE USER …@…, and grant rights to it',
  },
  // Locked (MySQL, MariaDB); blocked after too many wrong passwords (MySQL, MariaDB).
  {
    errnos: [3118, 4151, 3955, 4150],
    Kind: CredentialsError,
    prefix: ACCOUNT,
    hint: "as the database's administrator: ALTER USER … ACCOUNT UNLOCK; if it was blocked for wrong passwords: FLUSH PRIVILEGES",
  },
  {
    errnos: [1820, 1862],
    Kind: CredentialsError,
    prefix: ACCOUNT,
    hint: "as the database's administrator: ALTER USER … IDENTIFIED BY '…' PASSWORD EXPIRE NEVER, and set MYSQL_PASSWORD",
  },
  {
    errnos: [1044, 1049],
    Kind: ConfigError,
    prefix: 'the database cannot be used: ',
    hint: 'check MYSQL_DATABASE; create it with: CREATE DATABASE name CHARACTER SET utf8mb4, and grant rights on it',
  },
];

const TLS = 'TLS to the database cannot be used: ';

/**
 * mysql2 3.24 replaces the code of each error before the end of the handshake by HANDSHAKE_SSL_ERROR: only its message has the
 * reason. The messages are those of Node.js and OpenSSL 3.
 */
export const TLS_RULES: readonly ErrorRule[] = [
  {
    pattern: /HANDSHAKE_SSL_ERROR .*(?:socket disconnected|ECONNRESET|EPIPE|ETIMEDOUT)/,
    Kind: UnavailableError,
    prefix: 'the database cannot be reached: ',
    hint: 'check that the server is running, and its error log',
  },
  // With TLS 1.3 the server checks the client's certificate after the client's handshake.
  {
    pattern:
      /alert (?:unknown ca|bad certificate|unsupported certificate|certificate (?:expired|revoked|unknown|required))/,
    Kind: ConfigError,
    prefix: TLS,
    hint: "set MYSQL_SSL_CERT and MYSQL_SSL_KEY to a client certificate that is still valid, and signed by an authority in the server's ssl_ca",
  },
  {
    pattern: /HANDSHAKE_NO_SSL_SUPPORT/,
    Kind: ConfigError,
    prefix: TLS,
    hint: 'set ssl_cert and ssl_key on the server; or remove the MYSQL_SSL variables, if no other host can read the connection',
  },
  {
    pattern: /HANDSHAKE_SSL_ERROR .*altnames/,
    Kind: ConfigError,
    prefix: TLS,
    hint: 'set MYSQL_HOST to a name that the certificate has; or MYSQL_SSL=verify-ca, which does not compare names',
  },
  {
    pattern: /HANDSHAKE_SSL_ERROR .*(?:certificate has expired|not yet valid)/,
    Kind: ConfigError,
    prefix: TLS,
    hint: "renew the server's certificate, and check the clock of this machine",
  },
  {
    pattern:
      /HANDSHAKE_SSL_ERROR .*(?:self[- ]signed|issuer certificate|first certificate|signature failure)/,
    Kind: ConfigError,
    prefix: TLS,
    hint: "set MYSQL_SSL_CA to a file with the certificate of the authority that signed the server's: MySQL's own is ca.pem in its data folder",
  },
  {
    pattern: /HANDSHAKE_SSL_ERROR/,
    Kind: ConfigError,
    prefix: TLS,
    hint: 'check MYSQL_SSL and MYSQL_SSL_CA, and tls_version on the server',
  },
];
