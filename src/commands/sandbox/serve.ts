import { once } from 'node:events';
import { UsageError } from '../../errors.ts';
import {
  type RefusalStatus,
  type Sandbox,
  type SandboxOptions,
  SET_NAMES,
  startSandbox,
} from '../../sandbox/trestle/index.ts';
import { type CountySandbox, startCountySandbox } from '../../sandbox/county/index.ts';
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

/** The servers of a sandbox. */
type Servers = { readonly feed: Sandbox; readonly county: CountySandbox | undefined };

async function startServers(flags: SandboxFlags): Promise<Servers> {
  const options: SandboxOptions = {
    listings: flags.listings,
    mediaPerListing: flags.media,
    port: flags.port,
    seed: flags.seed,
    minuteQuota: flags.minuteQuota,
    hourQuota: flags.hourQuota,
    unlicensed: parseUnlicensed(flags.unlicensed ?? []),
    latencyMs: flags.latency,
  };
  const feed = await listenOn('--port', flags.port, () => startSandbox(options));
  if (flags.accounts === 0) return { feed, county: undefined };
  const countyOptions = { accounts: flags.accounts, seed: flags.seed, port: flags.countyPort };
  try {
    const county = await listenOn('--county-port', flags.countyPort, () => startCountySandbox(countyOptions));
    return { feed, county };
  } catch (error) {
    await feed.close();
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

/** Serves a Trestle feed and county files on this machine until the signal is aborted or the feed's server is stopped. */
export async function serveSandbox(
  flags: SandboxFlags,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { feed, county } = await startServers(flags);
  print(
    [
      ...describeFeed(feed, flags.listings),
      ...(county === undefined ? [] : describeCounty(county.url, flags.accounts)),
      'Press Ctrl-C to stop.',
    ].join('\n'),
  );
  if (!signal.aborted) await Promise.race([once(signal, 'abort'), feed.closed]);
  await Promise.all([feed.close(), county?.close()]);
}

function describeFeed({ url, clientId, clientSecret }: Sandbox, listings: number): string[] {
  return [
    `Trestle sandbox at ${url}`,
    '',
    'Put this into .env, next to your MYSQL_* variables:',
    `TRESTLE_API_BASE_URL=${url}`,
    `TRESTLE_CLIENT_ID=${clientId}`,
    `TRESTLE_CLIENT_SECRET=${clientSecret}`,
    '',
    `${listings} listings. Change some with:`,
    `curl -X POST '${new URL(url).origin}/sandbox/change?changed=50&added=10&removed=3&photos=20'`,
  ];
}

function describeCounty(url: string, accounts: number): string[] {
  return [
    '',
    `Appraisal district at ${url}`,
    '',
    'Put this into sources.yaml, next to .env:',
    'sources:',
    '  hcad:',
    '    type: county',
    '    layout: hcad',
    '    year: 2026',
    `    url: ${url}`,
    '    tables: [real_acct, owners, building_res, building_other, fixtures, extra_features, land]',
    '',
    `${accounts} accounts. Publish the next release with:`,
    `curl -X POST '${new URL(url).origin}/sandbox/release'`,
    '',
  ];
}
