import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import {
  type Archive,
  type ArchiveLimits,
  type Member,
  openArchive,
} from '../../../src/sources/archive/index.ts';

export const LIMITS: ArchiveLimits = { maxBytes: 1e9, maxRatio: 200, maxMembers: 100 };
export const NEVER = new AbortController().signal;

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'unpack-'));
  ends.unshift(() => rmSync(path, { recursive: true }));
  return path;
}

/** Stores bytes in a folder that must contain nothing else when the test ends, and opens them. */
export async function openBytes(
  name: string,
  bytes: Buffer | string,
  limits: Partial<ArchiveLimits> = {},
): Promise<Archive> {
  const path = folder();
  writeFileSync(join(path, name), bytes);
  ends.unshift(() => expect(readdirSync(path)).toEqual([name]));
  const archive = await openArchive(join(path, name), { ...LIMITS, ...limits });
  ends.unshift(archive.close);
  return archive;
}

export async function readAll({ members }: Archive): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const member of members) found[member.name] = (await contentOf(member)).toString('latin1');
  return found;
}

export async function contentOf(member: Member): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of member.open(NEVER)) chunks.push(chunk);
  for (const chunk of chunks.slice(0, -1)) expect(chunk.length).toBeGreaterThanOrEqual(65_536);
  return Buffer.concat(chunks);
}
