import { once } from 'node:events';
import { UsageError } from '../../errors.ts';
import {
  type RefusalStatus,
  type SandboxOptions,
  SET_NAMES,
  startSandbox,
} from '../../sandbox/trestle/index.ts';
import { type CountySandbox, startCountySandbox } from '../../sandbox/county/index.ts';
import { startItemsSandbox } from '../../sandbox/items/index.ts';
import { describeServers, type Servers } from './describe.ts';
import type { SandboxFlags } from './index.ts';

/** @throws UsageError if the port cannot be used. */
async function listenOn<T>(flag: string, port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (cause) {
    throw new UsageError(`the sandbox cannot listen on port ${port}: ${(cause as Error).message}`, {
      op: 'start sandbox',
      cause,
      hint: `omit ${flag} to use a free one`,
    });
  }
}

async function startServers(flags: SandboxFlags): Promise<Servers> {
  const { listings, seed, accounts, countyPort, items: records, itemsPort, itemsFolder: folder } = flags;
  const options: SandboxOptions = {
    listings,
    mediaPerListing: flags.media,
    port: flags.port,
    seed,
    minuteQuota: flags.minuteQuota,
    hourQuota: flags.hourQuota,
    mediaKilobytes: flags.mediaSize,
    mediaSeconds: flags.mediaLife,
    mediaMinuteQuota: flags.mediaMinuteQuota,
    mediaHourQuota: flags.mediaHourQuota,
    mediaRedirect: flags.mediaRedirect === true,
    unlicensed: parseUnlicensed(flags.unlicensed ?? []),
    latencyMs: flags.latency,
  };
  const feed = await listenOn('--port', flags.port, () => startSandbox(options));
  let county: CountySandbox | undefined;
  try {
    if (accounts > 0)
      county = await listenOn('--county-port', countyPort, () =>
        startCountySandbox({ accounts, seed, port: countyPort }),
      );
    if (records === 0) return { feed, county, items: undefined };
    const items = await listenOn('--items-port', itemsPort, () =>
      startItemsSandbox({ records, seed, port: itemsPort, folder }),
    );
    return { feed, county, items };
  } catch (error) {
    await Promise.all([feed.close(), county?.close()]);
    throw error;
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

/** Serves feed, county files and items on this machine until the signal is aborted or the feed's server is stopped. */
export async function serveSandbox(
  flags: SandboxFlags,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const servers = await startServers(flags);
  const { feed, county, items } = servers;
  print(describeServers(servers, flags).join('\n'));
  if (!signal.aborted) await Promise.race([once(signal, 'abort'), feed.closed]);
  await Promise.all([feed.close(), county?.close(), items?.close()]);
}
