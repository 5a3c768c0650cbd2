import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { unmappedFields } from '../../src/sandbox/trestle/unmapped-fields.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, type Ended, trestle } from './cli.ts';
import type { FreshDatabase } from './database.ts';
import { allowFields, columnsByKey, feedFields, knowFeed } from './fields.ts';
import { migratedDatabase } from './template.ts';

export type LoadedFeed = { readonly db: FreshDatabase; readonly folder: string; readonly sandbox: Sandbox };

/** A database with everything loaded, that knows what the feed says of its fields. */
export async function loaded(sandbox: Sandbox, env: Record<string, string> = {}): Promise<LoadedFeed> {
  const db = await migratedDatabase();
  await allowFields(db);
  const folder = configured(sandbox, db, { RESOURCES: 'Property', ...env });
  expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0, stderr: '' });
  await knowFeed(db, feedFields(unmappedFields['Property']!));
  return { db, folder, sandbox };
}

/** The same columns as a database has that was loaded with them from its beginning. */
export async function expectAsIfLoadedAgain(
  { db, folder, sandbox }: LoadedFeed,
  columns: readonly string[],
): Promise<void> {
  const other = await migratedDatabase();
  await allowFields(other);
  const elsewhere = configured(sandbox, other, { RESOURCES: 'Property' });
  mkdirSync(join(elsewhere, 'state'), { mode: 0o700 });
  writeFileSync(join(elsewhere, 'state/resources.json'), readFileSync(join(folder, 'state/resources.json')));
  expect(await trestle(elsewhere, ['full-load'])).toMatchObject({ code: 0, stderr: '' });
  const wanted = await columnsByKey(other, 'properties', [...columns, 'content_hash']);
  expect(wanted.size).toBeGreaterThan(0);
  expect(await columnsByKey(db, 'properties', [...columns, 'content_hash'])).toEqual(wanted);
}

/** Runs a command that succeeds and writes nothing on stderr. */
export async function passes(folder: string, ...args: string[]): Promise<Ended> {
  const ended = await trestle(folder, args);
  expect({ args, ...ended }).toMatchObject({ code: 0, stderr: '' });
  return ended;
}

/** Fields that no column is made for by itself, with the columns that they get. */
export const NAMES = [
  'Appliances',
  'BuildingAreaTotal',
  'CarportYN',
  'DocumentsChangeTimestamp',
  'RoomsTotal',
];
export const COLUMNS = [
  'appliances',
  'building_area_total',
  'carport_yn',
  'documents_change_timestamp',
  'rooms_total',
];
