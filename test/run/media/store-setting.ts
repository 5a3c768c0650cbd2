import { createHash } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createDiskStore } from '../../../src/media/store/disk/create-disk-store.ts';
import type { MediaStore } from '../../../src/media/store.ts';
import type { RunTools } from '../../../src/run/active-run.ts';
import { type Pipeline, pipeline, temporaryFolder } from '../../helpers/pipeline.ts';

export type StoreSetting = {
  readonly root: string;
  readonly store: MediaStore;
  readonly pipe: Pipeline;
  readonly tools: RunTools;
  /** Writes a file two hours ago, or at another time. */
  file(path: string, text?: string, ageMs?: number): void;
  /** Inserts the row of a stored file. */
  row(key: string, path: string, text?: string, state?: string): Promise<void>;
};

/** A folder with files, and a database with rows that name them. */
export async function storeSetting(): Promise<StoreSetting> {
  const root = temporaryFolder();
  const pipe = await pipeline({ listings: 0 });
  const tools = pipe.tools();
  return {
    root,
    store: createDiskStore(root),
    pipe,
    tools: { ...tools, source: { ...tools.source, id: 'media' } },
    file: (path, text = path, ageMs = 7_200_000) => {
      const whole = join(root, path);
      mkdirSync(dirname(whole), { recursive: true });
      writeFileSync(whole, text);
      const at = new Date(Date.now() - ageMs);
      utimesSync(whole, at, at);
    },
    row: async (key, path, text = path, state = 'stored') => {
      await pipe.db.query(
        'INSERT INTO media_file (media_key, listing_key, state, wanted_for, fetched_for, store_path, byte_size, sha256, etag) ' +
          "VALUES (?, 'l1', ?, 'w', 'w', ?, ?, ?, 'e')",
        [key, state, path, text.length, createHash('sha256').update(text).digest('hex')],
      );
    },
  };
}
