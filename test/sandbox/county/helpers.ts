import { crc32, inflateRawSync } from 'node:zlib';
import { afterEach } from 'vitest';
import {
  type CountySandbox,
  type CountySandboxOptions,
  startCountySandbox,
} from '../../../src/sandbox/county/index.ts';

const open: CountySandbox[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

/** Starts a county server that ends with the test. */
export async function startCounty(options: CountySandboxOptions = {}): Promise<CountySandbox> {
  const sandbox = await startCountySandbox({ accounts: 1500, ...options });
  open.push(sandbox);
  return sandbox;
}

export async function download(url: string, headers: Record<string, string> = {}): Promise<Buffer> {
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return Buffer.from(await answer.arrayBuffer());
}

export type Member = {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly mode: number;
  readonly hasValidCrc: boolean;
  readonly content: Buffer;
};

/** Reads a ZIP archive by its directory. */
export function readZip(archive: Buffer): Member[] {
  const end = archive.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end === -1) throw new Error('no end of a ZIP archive');
  const members: Member[] = [];
  let place = archive.readUInt32LE(end + 16);
  for (let n = 0; n < archive.readUInt16LE(end + 10); n++) {
    const nameLength = archive.readUInt16LE(place + 28);
    const start = archive.readUInt32LE(place + 42);
    const crc = archive.readUInt32LE(place + 16);
    const size = archive.readUInt32LE(place + 24);
    const data = start + 30 + archive.readUInt16LE(start + 26) + archive.readUInt16LE(start + 28);
    const content = inflateRawSync(archive.subarray(data, data + archive.readUInt32LE(place + 20)));
    if (content.length !== size || archive.readUInt32LE(start + 14) !== crc)
      throw new Error('the headers of a member differ from its data');
    members.push({
      name: archive.toString('utf8', place + 46, place + 46 + nameLength),
      flags: archive.readUInt16LE(place + 8),
      method: archive.readUInt16LE(place + 10),
      mode: archive.readUInt32LE(place + 38) >>> 16,
      hasValidCrc: crc === crc32(content),
      content,
    });
    place += 46 + nameLength;
  }
  return members;
}

/** The bytes of the member with this name in an archive of Harris County. */
export async function memberOf(sandbox: CountySandbox, archive: string, name: string): Promise<Buffer> {
  const members = readZip(await download(`${sandbox.url}/2026/${archive}.zip`));
  const member = members.find((each) => each.name === name);
  if (member === undefined) throw new Error(`no ${name} in ${archive}`);
  return member.content;
}
