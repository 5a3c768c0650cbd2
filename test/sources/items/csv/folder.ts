import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { ItemReader } from '../../../../src/sources/items.ts';
import { createCsvReader } from '../../../../src/sources/items/csv/reader.ts';
import { csvEntry } from '../../../../src/sources/items/csv/settings.ts';
import type { Requester } from '../../../../src/sources/items/requester.ts';
import { fakeClock } from '../../../helpers/fake-clock.ts';
import { plainMapper } from '../../../helpers/item-mapper.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of the user with files that were written an hour ago. */
export function csvFolder(files: Readonly<Record<string, string | Buffer>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'items-csv-'));
  folders.push(folder);
  const clock = fakeClock();
  const write = (name: string, content: string | Buffer, secondsAgo = 3600): void => {
    writeFileSync(join(folder, name), content);
    const time = clock.now() / 1000 - secondsAgo;
    utimesSync(join(folder, name), time, time);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  return {
    folder,
    clock,
    write,
    open: (settings: Readonly<Record<string, unknown>>, requester?: Requester): ItemReader =>
      createCsvReader({
        id: 'roster',
        settings: csvEntry.parse({ item: { external_id: 'id', title: 'title' }, ...settings }),
        folder,
        stateFolder: join(folder, 'state'),
        requester,
        mapper: plainMapper,
        clock,
      }),
  };
}
