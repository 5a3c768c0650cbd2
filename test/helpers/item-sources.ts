import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ItemsSandbox,
  type ItemsSandboxOptions,
  startItemsSandbox,
} from '../../src/sandbox/items/index.ts';
import { atFileEnd } from './clean-up.ts';
import { type Ended, trestle } from './cli.ts';
import { type Entry, writeSources } from './county.ts';
import type { FreshDatabase } from './database.ts';
import { temporaryFolder } from './pipeline.ts';

const open: ItemsSandbox[] = [];

atFileEnd(() => Promise.all(open.splice(0).map((sandbox) => sandbox.close())));

/** A server of items that ends with the test file. */
export async function itemsFor(options: ItemsSandboxOptions = {}): Promise<ItemsSandbox> {
  const sandbox = await startItemsSandbox(options);
  open.push(sandbox);
  return sandbox;
}

/** A database that does not exist: nothing listens there. */
export const NO_DATABASE: Readonly<Record<string, string>> = {
  MYSQL_HOST: '127.0.0.1',
  MYSQL_PORT: '1',
  MYSQL_DATABASE: 'none',
  MYSQL_USER: 'none',
};

export type SourcesFolder = {
  readonly folder: string;
  /** Writes sources.yaml again. */
  configure(sources: Readonly<Record<string, Entry>>): void;
  /** Runs a command of the built tool. */
  run(...args: string[]): Promise<Ended>;
};

/** A folder with a configuration that has only these sources. */
export function sourcesFolder(
  sources: Readonly<Record<string, Entry>>,
  env: FreshDatabase['env'] = NO_DATABASE,
  more: Readonly<Record<string, string>> = {},
): SourcesFolder {
  const folder = temporaryFolder();
  const lines = Object.entries({ ...env, ...more }).map(([name, value]) => `${name}="${value}"\n`);
  writeFileSync(join(folder, '.env'), lines.join(''));
  const configure: SourcesFolder['configure'] = (changed) => writeSources(folder, changed);
  configure(sources);
  return { folder, configure, run: (...args) => trestle(folder, args) };
}

/** An entry for the notes of the sandbox. */
export function notesEntry({ url }: Pick<ItemsSandbox, 'url'>, more: Entry = {}): Entry {
  return {
    type: 'api',
    url: `${url}/api/notes/number`,
    page: { number: 'page', size: '20', size_param: 'size' },
    item: { external_id: 'id', title: 'title' },
    ...more,
  };
}
