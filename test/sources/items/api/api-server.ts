import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createApiReader } from '../../../../src/sources/items/api/reader.ts';
import { apiEntry } from '../../../../src/sources/items/api/settings.ts';
import { createRequester, type RequesterTools } from '../../../../src/sources/items/create-requester.ts';
import type { Checkpoint, ItemBatch, ItemReader } from '../../../../src/sources/items.ts';
import { type FakeClock, fakeClock } from '../../../helpers/fake-clock.ts';
import { plainMapper } from '../../../helpers/item-mapper.ts';
import {
  type Asked,
  type Reply,
  scriptedServer,
  type ScriptedServer,
} from '../../../helpers/scripted-server.ts';

const NEVER = new AbortController().signal;

export type LogLine = { readonly data: object; readonly message: string };

export type Setting = {
  readonly reader: ItemReader;
  readonly server: ScriptedServer;
  readonly clock: FakeClock;
  readonly lines: LogLine[];
  readonly secrets: string[];
  /** Requests that the source has counted. */
  requests(): number;
};

/** The tools of a requester, with a clock that stands still. */
export function requesterTools(
  clock: FakeClock,
  lines: LogLine[] = [],
  secrets: string[] = [],
): RequesterTools {
  const note = (data: object, message: string): void => void lines.push({ data, message });
  const log = { debug: note, info: note, warn: note, error: note };
  return {
    proxies: { https: undefined, http: undefined, exempt: [] },
    clock,
    random: () => 0.5,
    log: { main: log, api: log, quality: log, database: log },
    meter: { begin: () => () => undefined },
    onSecret: (secret) => void secrets.push(secret),
    isInteractive: false,
    stateFolder: mkdtempSync(join(tmpdir(), 'trestle-items-')),
  };
}

/**
 * Opens a reader of an API.
 * @param settings as in sources.yaml, without url and item.
 * @param answer what the server answers to a request; it is also given the number of the request, from 1.
 */
export async function openApi(
  settings:
    | Readonly<Record<string, unknown>>
    | ((server: ScriptedServer) => Readonly<Record<string, unknown>>),
  answer: (asked: Asked, number: number, server: ScriptedServer) => Reply,
): Promise<Setting> {
  let number = 0;
  const server: ScriptedServer = await scriptedServer({
    data: (asked) => answer(asked, (number += 1), server),
  });
  onTestFinished(() => server.close());
  const clock = fakeClock();
  const lines: LogLine[] = [];
  const secrets: string[] = [];
  const own = typeof settings === 'function' ? settings(server) : settings;
  const entry = apiEntry.parse({
    url: `${server.origin}/list`,
    item: { external_id: 'id', title: 'title' },
    ...own,
  });
  const { url = '', headers, auth } = entry;
  const requester = createRequester(
    { id: 'notes', type: 'api', url, headers, auth },
    requesterTools(clock, lines, secrets),
  );
  const options = { id: 'notes', settings: entry, folder: '/', requester, mapper: plainMapper, clock };
  const reader = createApiReader(options);
  return { reader, server, clock, lines, secrets, requests: () => requester.requests() };
}

/** Reads all batches from a checkpoint. */
export async function readAll(
  { reader }: Pick<Setting, 'reader'>,
  stored?: Checkpoint,
  options: { readonly always?: boolean; readonly maxBatches?: number } = {},
): Promise<ItemBatch[]> {
  const batches: ItemBatch[] = [];
  for await (const batch of reader.read({ checkpoint: stored, always: false, ...options }, NEVER))
    batches.push(batch);
  return batches;
}

export function keysOf(batches: readonly ItemBatch[]): string[] {
  return batches.flatMap(({ records }) => records.map(({ key }) => key));
}

/** Records with ids from one number to another, and a time that grows with the id. */
export function notes(from: number, to: number): { id: number; title: string; at: string }[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => ({
    id: from + n,
    title: `note ${from + n}`,
    at: new Date(Date.UTC(2026, 0, 1, 0, from + n)).toISOString(),
  }));
}

export function checkpoint(changes: Partial<Checkpoint>): Checkpoint {
  return { kind: 'timestamp', value: null, position: null, validators: {}, ...changes };
}
