import { isAbsolute } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { MediaStore } from './store.ts';
import { createDiskStore } from './store/disk/create-disk-store.ts';

export type StoreOptions = {
  /** MEDIA_STORE: the absolute path of a folder, or `s3://bucket/prefix`. */
  readonly address: string;
};

/** Creates the store of media files. Nothing is read, written or requested before its first method is called. @throws ConfigError */
export function openStore({ address }: StoreOptions): MediaStore {
  if (isAbsolute(address)) return createDiskStore(address);
  throw new ConfigError(`MEDIA_STORE is ${address}: neither the absolute path of a folder nor s3://bucket`, {
    op: 'configuration',
    hint: 'set it, such as MEDIA_STORE=/srv/photos',
  });
}
