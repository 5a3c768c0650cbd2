import { createHash, hash } from 'node:crypto';
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
  /** @returns nothing to wait for, or a promise. */
  add(bytes: Uint8Array): Promise<void> | void;
  end(): Promise<WholeBody>;
  /** Removes what was collected. Never throws. */
  drop(): Promise<void>;
};

/**
 * @param folder for spooled bodies.
 * @param name of the file; no other body has it at the same time.
 * @param expected bytes, if they are announced: the body is then received in place.
 */
export function collectBody(folder: string, name: string, expected = 0): BodyCollector {
  const memory = collectInMemory(expected <= MAX_MEMORY_BYTES ? expected : 0);
  let spool: BodyCollector | undefined;
  return {
    add: (bytes) => {
      if (spool === undefined && memory.size() + bytes.length <= MAX_MEMORY_BYTES) return memory.add(bytes);
      spool ??= createSpool(join(folder, name));
      const start = memory.take();
      return spool.add(start.length > 0 ? Buffer.concat([start, bytes]) : bytes);
    },
    end: async () => {
      if (spool !== undefined) return spool.end();
      const bytes = memory.take();
      return {
        body: { kind: 'memory', bytes },
        size: bytes.length,
        sha256: hash('sha256', bytes),
        head: bytes.subarray(0, HEAD_BYTES),
        tail: bytes.subarray(-TAIL_BYTES),
      };
    },
    drop: async () => {
      memory.take();
      await spool?.drop();
    },
  };
}

/** Collects bytes in one buffer of the expected size, or in parts if they do not fit. */
function collectInMemory(expected: number): { add(bytes: Uint8Array): void; size(): number; take(): Buffer } {
  let whole = expected > 0 ? Buffer.allocUnsafeSlow(expected) : undefined;
  let parts: Uint8Array[] = [];
  let size = 0;
  return {
    size: () => size,
    add: (bytes) => {
      if (whole !== undefined && size + bytes.length <= whole.length) {
        whole.set(bytes, size);
      } else {
        if (whole !== undefined) parts = [whole.subarray(0, size)];
        whole = undefined;
        parts.push(bytes);
      }
      size += bytes.length;
    },
    take: () => {
      const bytes = whole?.subarray(0, size) ?? Buffer.concat(parts);
      [whole, parts, size] = [undefined, [], 0];
      return bytes;
    },
  };
}

/** Collects a body in a file, which is created with the first bytes: at least HEAD_BYTES of them. */
function createSpool(file: string): BodyCollector {
  const digest = createHash('sha256');
  let handle: FileHandle | undefined;
  let head: Uint8Array | undefined;
  let tail: Uint8Array = new Uint8Array();
  let size = 0;
  return {
    add: async (bytes) => {
      digest.update(bytes);
      size += bytes.length;
      head ??= Buffer.from(bytes.subarray(0, HEAD_BYTES));
      tail = Buffer.concat([tail, bytes.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
      await spooling(async () => {
        handle ??= await open(file, 'wx', 0o600);
        await handle.writeFile(bytes);
      });
    },
    end: async () => {
      await spooling(() => handle!.close());
      return { body: { kind: 'file', file }, size, sha256: digest.digest('hex'), head: head!, tail };
    },
    drop: async () => {
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
