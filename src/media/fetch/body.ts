import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UnavailableError } from '../../errors.ts';
import type { Body } from '../store.ts';
import { HEAD_BYTES, TAIL_BYTES } from './inspect.ts';

/** Larger bodies are spooled. */
const MAX_MEMORY_BYTES = 1024 * 1024;

/** A body that has arrived. */
export type WholeBody = {
  readonly body: Body;
  readonly size: number;
  readonly sha256: string;
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
};

/** Collects a body: in memory while it is small, then in a file. */
export type BodyCollector = {
  add(bytes: Uint8Array): Promise<void>;
  end(): Promise<WholeBody>;
  /** Removes what was collected. Never throws. */
  drop(): Promise<void>;
};

/** @param folder for spooled bodies. @param name of the file; no other body has it at the same time. */
export function collectBody(folder: string, name: string): BodyCollector {
  const hash = createHash('sha256');
  const file = join(folder, name);
  let kept: Uint8Array[] = [];
  let head: Uint8Array = new Uint8Array();
  let tail: Uint8Array = new Uint8Array();
  let size = 0;
  let handle: FileHandle | undefined;
  const spool = async (bytes: Uint8Array): Promise<void> => {
    handle ??= await open(file, 'wx', 0o600);
    await handle.writeFile(bytes);
  };
  return {
    add: async (bytes) => {
      hash.update(bytes);
      size += bytes.length;
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, bytes]).subarray(0, HEAD_BYTES);
      if (handle === undefined && size <= MAX_MEMORY_BYTES) {
        kept.push(bytes);
        return;
      }
      tail = Buffer.concat([tail, ...kept, bytes]).subarray(-TAIL_BYTES);
      for (const each of [...kept, bytes]) await spooling(() => spool(each));
      kept = [];
    },
    end: async () => {
      const facts = { size, sha256: hash.digest('hex'), head };
      if (handle === undefined) {
        const bytes = Buffer.concat(kept);
        return { ...facts, body: { kind: 'memory', bytes }, tail: bytes.subarray(-TAIL_BYTES) };
      }
      await spooling(() => handle!.close());
      return { ...facts, body: { kind: 'file', file }, tail };
    },
    drop: async () => {
      kept = [];
      await handle?.close().catch(() => undefined);
      if (handle !== undefined) await rm(file, { force: true }).catch(() => undefined);
    },
  };
}

async function spooling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new UnavailableError(`a file cannot be spooled: ${(cause as Error).message}`, {
      op: 'spool',
      cause,
      hint: 'check the rights and the free space of MEDIA_STORE',
    });
  }
}

/** Removes a spooled body that is not stored. */
export async function dropBody(body: Body): Promise<void> {
  if (body.kind === 'file') await rm(body.file, { force: true }).catch(() => undefined);
}
