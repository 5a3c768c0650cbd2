import { join } from 'node:path';
import { readPrivate, writePrivate } from '../../host/private-file.ts';
import type { ParityCount } from '../../report/overview.ts';
import * as z from '../../lib/zod.ts';

/** What `verify` found last, by dataset. */
export type VerifiedCount = z.output<typeof count>;

const number = z.number().int().min(0);
const count = z.object({
  /** Milliseconds. */
  at: number,
  upstream: number,
  here: number,
  missing: number,
  stale: number,
  extra: number,
});

/** Changes with its shape: a file of another version is not read. */
const stored = z.object({ version: z.literal(1), resources: z.record(z.string(), count) });

const FILE = 'verified.json';

/** Keeps what `verify` found. A dataset that was not compared keeps its earlier result. @throws the system's error. */
export function saveVerified(stateDir: string, found: Readonly<Record<string, VerifiedCount>>): void {
  const resources = { ...readVerified(stateDir), ...found };
  writePrivate(join(stateDir, FILE), { version: 1, resources } satisfies z.output<typeof stored>);
}

/** Lists what `verify` counted last of each dataset. */
export function listVerified(stateDir: string): ParityCount[] {
  return Object.entries(readVerified(stateDir)).map(([resource, { missing, stale, extra, ...counts }]) => ({
    resource,
    ...counts,
    differing: missing + stale + extra,
  }));
}

/** Empty if there is none, or this user cannot read it. */
function readVerified(stateDir: string): Readonly<Record<string, VerifiedCount>> {
  const parsed = stored.safeParse(readPrivate(join(stateDir, FILE)));
  return parsed.success ? parsed.data.resources : {};
}
