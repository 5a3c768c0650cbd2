import { isAbsolute, join } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Environment } from '../model/io.ts';
import type { MediaStore } from './store.ts';
import { createDiskStore } from './store/disk/create-disk-store.ts';
import { createS3Store } from './store/s3/create-s3-store.ts';
import type { RequesterTools } from './store/s3/requester.ts';
import { readS3Settings } from './store/s3/settings.ts';

export type StoreOptions = RequesterTools & {
  /** MEDIA_STORE: the absolute path of a folder, or `s3://bucket/prefix`. */
  readonly address: string;
  /** STATE_DIR: files for a bucket are spooled in it. */
  readonly stateDir: string;
  /** Has the variables of the AWS tools. */
  readonly env: Environment;
};

const SPOOL = 'media-spool';

/**
 * Creates the store of media files. Nothing is read, written or requested before its first method is called.
 * @throws ConfigError if MEDIA_STORE is wrong; CredentialsError if a bucket has none.
 */
export function openStore({ address, stateDir, env, ...tools }: StoreOptions): MediaStore {
  if (isAbsolute(address)) return createDiskStore(address);
  if (/^s3:/i.test(address)) return createS3Store(readS3Settings(address, env), join(stateDir, SPOOL), tools);
  throw new ConfigError(`MEDIA_STORE is ${address}: neither the absolute path of a folder nor s3://bucket`, {
    op: 'configuration',
    hint: 'set it, such as MEDIA_STORE=/srv/photos',
  });
}
