import { once } from 'node:events';
import { UsageError } from '../../errors.ts';
import {
  type RefusalStatus,
  type Sandbox,
  type SandboxOptions,
  SET_NAMES,
  startSandbox,
} from '../../sandbox/trestle/index.ts';
import type { SandboxFlags } from './index.ts';

/** @throws UsageError if the port cannot be used. */
async function startServer(options: SandboxOptions): Promise<Sandbox> {
  try {
    return await startSandbox(options);
  } catch (cause) {
    throw new UsageError(`the sandbox cannot listen on port ${options.port}: ${(cause as Error).message}`, {
      op: 'start sandbox',
      cause,
      hint: 'omit --port to use a free one',
    });
  }
}

/** @throws UsageError for a set that the sandbox does not have. */
function parseUnlicensed(names: readonly string[]): Record<string, RefusalStatus> {
  const unknown = names.filter((name) => !SET_NAMES.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(
      `--unlicensed names ${unknown.join(', ')}; the sandbox has ${SET_NAMES.join(', ')}`,
      {
        op: 'read arguments',
        hint: 'use names of resources',
      },
    );
  }
  return Object.fromEntries(names.map((name) => [name, 403]));
}

/** Serves a Trestle feed on this machine until the signal is aborted. */
export async function serveSandbox(
  flags: SandboxFlags,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const sandbox = await startServer({
    listings: flags.listings,
    mediaPerListing: flags.media,
    port: flags.port,
    seed: flags.seed,
    minuteQuota: flags.minuteQuota,
    hourQuota: flags.hourQuota,
    unlicensed: parseUnlicensed(flags.unlicensed ?? []),
    latencyMs: flags.latency,
  });
  print(
    [
      `Trestle sandbox at ${sandbox.url}`,
      '',
      'Put this into .env, next to your MYSQL_* variables:',
      `TRESTLE_API_BASE_URL=${sandbox.url}`,
      `TRESTLE_CLIENT_ID=${sandbox.clientId}`,
      `TRESTLE_CLIENT_SECRET=${sandbox.clientSecret}`,
      '',
      `${flags.listings} listings. Change some with:`,
      `curl -X POST '${new URL(sandbox.url).origin}/sandbox/change?changed=50&added=10&removed=3&photos=20'`,
      'Press Ctrl-C to stop.',
    ].join('\n'),
  );
  if (!signal.aborted) await once(signal, 'abort');
  await sandbox.close();
}
