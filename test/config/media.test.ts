import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { registry } from '../../src/sources/registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'trestle-etl-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function configWith(lines: readonly string[]) {
  const needed = ['MYSQL_DATABASE=d', 'MYSQL_USER=u', 'TRESTLE_CLIENT_ID=i', 'TRESTLE_CLIENT_SECRET=s'];
  writeFileSync(join(folder, '.env'), [...needed, ...lines].join('\n'));
  return readConfig(registry, { envFile: join(folder, '.env'), cwd: () => folder }, {});
}

test('MEDIA_FILES=on needs a store', () => {
  expect(configWith(['MEDIA_FILES=on']).problems).toEqual([
    'MEDIA_FILES is "on" while MEDIA_STORE is not set: set the folder or the bucket for the files',
  ]);
  const { config, problems } = configWith(['MEDIA_FILES=on', 'MEDIA_STORE=photos']);
  expect(problems).toEqual([]);
  expect(config?.media).toMatchObject({ isOn: true, store: join(folder, 'photos') });
});

test('the address of a bucket stays as it was written', () => {
  expect(configWith(['MEDIA_STORE=s3://bucket/photos']).config?.media.store).toBe('s3://bucket/photos');
});
