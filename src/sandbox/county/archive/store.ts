import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS } from '../../../lib/time.ts';
import { hashText } from '../../trestle/random.ts';
import { districtOf, type RequestedArchive } from '../counties.ts';
import type { ContentFault } from '../faults.ts';
import type { CountySettings } from '../options.ts';
import { buildArchive } from './build.ts';

/** An archive on disk, with the headers that describe it. */
export type BuiltArchive = {
  readonly file: string;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch, a whole second. */
  readonly modified: number;
};

const FIRST_RELEASE = Date.UTC(2026, 3, 10, 9);
const RELEASE_INTERVAL = 7 * DAY_MS;

/** Writes archives into a temporary folder when they are first requested. */
export class ArchiveStore {
  readonly #settings: CountySettings;
  readonly #built = new Map<string, Promise<BuiltArchive>>();
  readonly #stop = new AbortController();
  #folder: Promise<string> | undefined;

  constructor(settings: CountySettings) {
    this.#settings = settings;
  }

  /** The archive in this release, with these faults. Requests at the same time share one. */
  get(requested: RequestedArchive, release: number, faults: readonly ContentFault[]): Promise<BuiltArchive> {
    const { county, year, archive } = requested;
    const key = JSON.stringify([county, year, archive, release, faults]);
    const known = this.#built.get(key);
    if (known !== undefined) return known;
    const building = this.#build(requested, release, faults, key);
    this.#built.set(key, building);
    building.catch(() => this.#built.delete(key));
    return building;
  }

  /** Removes the folder. Archives that are being written are given up. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#built.values());
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
  }

  async #build(
    requested: RequestedArchive,
    release: number,
    faults: readonly ContentFault[],
    key: string,
  ): Promise<BuiltArchive> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'county-sandbox-'));
    const { county, year, archive, tables } = requested;
    const file = join(await this.#folder, `${hashText(key).toString(16)}-${archive}.zip`);
    const district = districtOf(county, year, release, this.#settings);
    await buildArchive(file, { tables, district, faults }, this.#stop.signal);
    const { size } = await stat(file);
    return {
      file,
      size,
      etag: `"${hashText(`${this.#settings.seed}/${this.#settings.accounts}/${key}`).toString(16)}-${size}"`,
      modified: FIRST_RELEASE + (release - 1) * RELEASE_INTERVAL + faults.length * HOUR_MS,
    };
  }
}
