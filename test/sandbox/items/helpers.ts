import { afterEach } from 'vitest';
import {
  type ItemsSandbox,
  type ItemsSandboxOptions,
  startItemsSandbox,
} from '../../../src/sandbox/items/index.ts';

const open: ItemsSandbox[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

/** Starts a server of items that ends with the test. */
export async function startItems(options: ItemsSandboxOptions = {}): Promise<ItemsSandbox> {
  const sandbox = await startItemsSandbox(options);
  open.push(sandbox);
  return sandbox;
}

export type Body = { readonly [name: string]: unknown };

export async function getJson<T = Body>(url: string, headers: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

export async function getBytes(url: string, headers: Record<string, string> = {}): Promise<Buffer> {
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** Sends a command to the control interface. */
export async function control<T = Body>(
  { url }: ItemsSandbox,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await fetch(`${url}/sandbox/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** The ids of a list of notes. */
export function idsOf(list: unknown): number[] {
  return (list as readonly { readonly id: number }[]).map(({ id }) => id);
}

/** Whole numbers from 1. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
