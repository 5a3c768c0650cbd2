import type { Config } from '../config/config.ts';
import { ConfigError } from '../errors.ts';
import { clock } from '../host/clock.ts';
import { openStore } from '../media/open-store.ts';
import type { MediaStore } from '../media/store.ts';
import type { Environment } from '../model/io.ts';
import type { Logger } from '../model/log.ts';

/**
 * Opens MEDIA_STORE, for downloads and for `doctor`. Nothing is requested or written yet.
 * @param env has the variables of the AWS tools.
 * @throws ConfigError if MEDIA_STORE is not set or invalid; CredentialsError if a bucket has none.
 */
export function openMediaStore(
  { media, stateDir, proxies }: Pick<Config, 'media' | 'stateDir' | 'proxies'>,
  env: Environment,
  log: Logger,
): MediaStore {
  if (media.store === undefined) {
    throw new ConfigError('MEDIA_STORE is not set', {
      op: 'media',
      hint: 'set it to a folder such as /srv/photos, or to s3://bucket/prefix',
    });
  }
  return openStore({ address: media.store, stateDir, env, proxies, clock, random: Math.random, log });
}
