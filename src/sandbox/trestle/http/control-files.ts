import { createHash } from 'node:crypto';
import { describeContent, makeFile, type MediaFile } from '../files/media-file.ts';
import { readText } from '../record.ts';
import { odataErrorReply } from './data.ts';
import { jsonReply, type Reply } from './reply.ts';
import type { SandboxState } from './state.ts';

/** Makes the file that a media's address has now; undefined if there is no such media. */
export function readFile({ store, settings }: SandboxState, key: string): MediaFile | undefined {
  const record = store.table('Media').get(key)?.record;
  return record && makeFile(describeContent(record), settings.mediaKilobytes);
}

/** Answers what the file of a media is, with a newly signed address; costs no quota. */
export function describeFile(state: SandboxState, key: string): Reply {
  const record = state.store.table('Media').get(key)?.record;
  const file = readFile(state, key);
  if (record === undefined || file === undefined) return odataErrorReply(404, `no media ${key}`);
  const { bytes, ...facts } = file;
  const { version, etag } = describeContent(record);
  return jsonReply(200, {
    key,
    version,
    ...facts,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    etag,
    url: state.store.signer.sign(readText(record, 'MediaURL')),
  });
}
