import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TlsSettings } from '../db/address.ts';
import { readText } from './env-file.ts';
import type { CommonValues } from './variables.ts';

/** The variables that name a file. Each turns on TLS. */
const FILE_VARIABLES = ['MYSQL_SSL_CA', 'MYSQL_SSL_CERT', 'MYSQL_SSL_KEY'] as const;

type FileVariable = (typeof FILE_VARIABLES)[number];

/** The content of each file that exists. */
type Texts = Readonly<Partial<Record<FileVariable, string>>>;

/** @param folder in which a relative path starts. @throws ConfigError if a file cannot be read or is not UTF-8. */
export function buildTls(env: CommonValues, folder: string): TlsSettings | undefined {
  const isOn = listFileVariables(env).length > 0 || (env.MYSQL_SSL ?? 'off') !== 'off';
  if (!isOn) return undefined;
  const { MYSQL_SSL_CA: ca, MYSQL_SSL_CERT: certificate, MYSQL_SSL_KEY: key } = readFiles(env, folder);
  return {
    ca,
    checksName: env.MYSQL_SSL !== 'verify-ca',
    ...(certificate === undefined || key === undefined ? {} : { client: { certificate, key } }),
  };
}

/** @throws ConfigError if a file cannot be read or is not UTF-8. */
export function findTlsProblems(env: Partial<CommonValues>, folder: string): string[] {
  const variables = listFileVariables(env);
  const texts = readFiles(env, folder);
  const problems = variables.flatMap((name) => {
    const problem = findFileProblem(name, texts);
    return problem === undefined ? [] : [`${name} is "${env[name]}": ${problem}`];
  });
  if ((env.MYSQL_SSL_CERT === undefined) !== (env.MYSQL_SSL_KEY === undefined))
    problems.push('MYSQL_SSL_CERT and MYSQL_SSL_KEY belong together: set both, or none of them');
  const [first] = variables;
  if (env.MYSQL_SSL === 'off' && first !== undefined)
    problems.push(`MYSQL_SSL is "off" while ${first} is set: remove one of them`);
  return problems;
}

function listFileVariables(env: Partial<CommonValues>): FileVariable[] {
  return FILE_VARIABLES.filter((name) => env[name] !== undefined);
}

function readFiles(env: Partial<CommonValues>, folder: string): Texts {
  const paths = listFileVariables(env).map((name) => [name, resolve(folder, env[name]!)] as const);
  const found = paths.filter(([, path]) => existsSync(path));
  return Object.fromEntries(found.map(([name, path]) => [name, readText(path)]));
}

function findFileProblem(name: FileVariable, texts: Texts): string | undefined {
  const text = texts[name];
  if (text === undefined) return 'there is no such file';
  if (name === 'MYSQL_SSL_KEY') return findKeyProblem(text, texts.MYSQL_SSL_CERT);
  return parseCertificate(text) === undefined ? 'it has no certificate in PEM format' : undefined;
}

/**
 * Explains what is wrong with a private key. A key with a passphrase is refused: nobody can type it during a run.
 * @param certificate the text of MYSQL_SSL_CERT.
 */
function findKeyProblem(text: string, certificate: string | undefined): string | undefined {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text))
    return 'it has a passphrase: make a copy without one (openssl pkey -in KEY -out COPY), readable only by the user who runs trestle-etl';
  const key = parseKey(text);
  if (key === undefined) return 'it has no private key in PEM format';
  const isOther = parseCertificate(certificate ?? '')?.checkPrivateKey(key) === false;
  return isOther ? 'it is not the key of the certificate in MYSQL_SSL_CERT' : undefined;
}

/** The first certificate. Node.js accepts a text without any and ignores it. */
function parseCertificate(text: string): X509Certificate | undefined {
  const blocks = text.match(/-----BEGIN [\w ]*CERTIFICATE-----[^-]+-----END [\w ]*CERTIFICATE-----/g) ?? [];
  return blocks.map((pem) => parse(() => new X509Certificate(pem))).find((each) => each !== undefined);
}

function parseKey(text: string): KeyObject | undefined {
  return parse(() => createPrivateKey(text));
}

function parse<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
