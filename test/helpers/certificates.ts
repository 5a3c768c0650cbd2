import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';

export type Certificate = {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
};

export type Authority = Certificate & {
  /** Issues a certificate for these names and IPv4 addresses. @param validDays of either sign: -1 expired yesterday. */
  issue(names: readonly string[], validDays?: number): Certificate;
};

const DAY_MS = 86_400_000;

/** An authority with its own certificate. Node.js can read certificates, but makes none. */
export function createAuthority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = pemOf(keys.privateKey);
  const sign = (subject: string, publicKey: KeyObject, validDays: number, extensions: readonly Buffer[]) =>
    signCertificate({ issuer: name, signer: keys.privateKey, subject, publicKey, validDays, extensions });
  return {
    key,
    certificate: sign(name, keys.publicKey, 10, [extension('2.5.29.19', sequence(der(0x01, [0xff])), true)]),
    issue: (names, validDays = 10) => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const alternatives = sequence(...names.map(generalName));
      return {
        key: pemOf(own.privateKey),
        certificate: sign('the server', own.publicKey, validDays, [extension('2.5.29.17', alternatives)]),
      };
    },
  };
}

type CertificateOptions = {
  readonly issuer: string;
  readonly signer: KeyObject;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly validDays: number;
  readonly extensions: readonly Buffer[];
};

/** X.509 version 3, signed with ECDSA and SHA-256: https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function signCertificate(options: CertificateOptions): string {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const until = Date.now() + options.validDays * DAY_MS;
  const content = sequence(
    der(0xa0, der(0x02, [2])),
    der(0x02, [1, ...randomBytes(8)]),
    algorithm,
    nameOf(options.issuer),
    sequence(time(Math.min(Date.now(), until) - DAY_MS), time(until)),
    nameOf(options.subject),
    options.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...options.extensions)),
  );
  const signature = createSign('sha256').update(content).sign(options.signer);
  const whole = sequence(content, algorithm, der(0x03, [0, ...signature]));
  const lines = whole.toString('base64').replaceAll(/.{1,64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function der(tag: number, content: Buffer | readonly number[]): Buffer {
  const bytes = Buffer.from(content);
  const { length } = bytes;
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), bytes]);
  const size = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), bytes]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const encode = (number: number): number[] =>
    number < 128 ? [number] : [...encode(number >> 7).map((byte) => byte | 0x80), number & 0x7f];
  return der(0x06, [first * 40 + second, ...rest.flatMap(encode)]);
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));
}

function time(at: number): Buffer {
  return der(0x17, Buffer.from(new Date(at).toISOString().replaceAll(/^20|[-:T]|\.\d+/g, '')));
}

function extension(id: string, content: Buffer, isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [der(0x01, [0xff])] : []), der(0x04, content));
}

function generalName(name: string): Buffer {
  return isIP(name) === 4 ? der(0x87, name.split('.').map(Number)) : der(0x82, Buffer.from(name));
}
