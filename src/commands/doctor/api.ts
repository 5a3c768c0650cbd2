import type { Parts } from '../../app/checkup.ts';
import { hasTables } from '../../record/tables.ts';
import type { Database } from '../../db/pool.ts';
import { BusyError, CredentialsError, EtlError, QueryRefusedError } from '../../errors.ts';
import { findProxy } from '../../http/proxy.ts';
import { formatDuration } from '../../lib/duration.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Clock } from '../../model/clock.ts';
import { assumeFullCoverage, type Coverage } from '../../sources/coverage.ts';
import { licensedResources } from '../shared/licensed.ts';
import { type Check, fail, failed, type Finding, ok, skipped, warn } from './check.ts';
import { hasParentVersion } from '../../dataset/reading.ts';
import { requireCapability, type Source } from '../../sources/source.ts';

/** What a resource's first record is asked for with: the fields, filter and order of a run. */
type Answer =
  | ({ readonly records: number } & Partial<Pick<Coverage, 'omittedFields' | 'unknownFields'>>)
  | { readonly error: EtlError };

/** The way to the API step by step, told from what a run would meet: one request for each resource, sent once. */
export function apiChecks(parts: () => Parts, resources: readonly Dataset[], clock: Clock): Check[] {
  let isSpent = false;
  const ask = remembering(async (resource: Dataset) => {
    const answer = await firstRecord(parts(), resource);
    isSpent ||= stageOf(answer) === 'quota';
    return answer;
  });
  const first = (): Promise<Answer> => ask(resources[0]!);
  return [
    {
      name: 'API address',
      needs: ['configuration'],
      run: async () => addressFinding(await first(), parts().config.api),
    },
    {
      name: 'API connection',
      needs: ['API address'],
      run: async () => connectionFinding(await first(), parts().config),
    },
    { name: 'API sign-in', needs: ['API connection'], run: async () => signInFinding(await first()) },
    ...resources.map((resource) => ({
      name: `API ${resource.name}`,
      needs: ['API sign-in'],
      run: async () => (isSpent ? skipped(NOT_ASKED) : answerFinding(await ask(resource), resource.name)),
    })),
    {
      name: 'API quota',
      needs: ['configuration'],
      run: async () => quotaFinding(await first(), parts(), clock.now()),
    },
    {
      name: 'clock',
      needs: ['API connection'],
      run: () => clockFinding(clock.now() - parts().source.now()),
    },
  ];
}

function remembering<K, V>(look: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const known = new Map<K, Promise<V>>();
  return (key) => {
    const found = known.get(key) ?? look(key);
    known.set(key, found);
    return found;
  };
}

async function firstRecord({ source, database }: Parts, wanted: Dataset): Promise<Answer> {
  const { dataset: resource, ...rest } = await asRunsDo(database, source, wanted);
  const { signal } = new AbortController();
  try {
    // What has no time of its own can't be asked for in its order.
    if (hasParentVersion(resource))
      return { records: await requireCapability(source, 'keys', 'doctor').count(resource, signal), ...rest };
    const pages = source.read(resource, { cursor: undefined }, signal);
    for await (const page of pages) return { records: page.records.length, ...rest };
    return { records: 0, ...rest };
  } catch (error) {
    if (error instanceof EtlError) return { error };
    throw error;
  }
}

/** What is left of a resource in a run; all of it where the database can't tell. */
async function asRunsDo(database: Database, source: Source, resource: Dataset): Promise<Coverage> {
  const whole = assumeFullCoverage(resource);
  try {
    const [found] = (await hasTables(database)) ? await licensedResources(database, source, [resource]) : [];
    return found ?? whole;
  } catch {
    return whole;
  }
}

/** How far a request came. */
type Stage = 'quota' | 'address' | 'connection' | 'sign-in' | 'answer';

/** Node's codes stand behind the host, with which the message begins (http/send.ts). */
export function stageOf(answer: Answer): Stage {
  if (!('error' in answer)) return 'answer';
  const { error } = answer;
  if (error instanceof BusyError) return 'quota';
  if (isOfProxy(error.message)) return 'connection';
  if (/^\S+: (ENOTFOUND|EAI_[A-Z]+) /.test(error.message)) return 'address';
  if (/^\S+: (E[A-Z]+|[A-Z\d]+(_[A-Z\d]+)+|no whole answer) /.test(error.message)) return 'connection';
  return error instanceof CredentialsError || error.op === 'sign-in' ? 'sign-in' : 'answer';
}

/** See lib/tunnel.ts. */
function isOfProxy(message: string): boolean {
  return message.startsWith('the proxy ');
}

const NOT_ASKED = 'nothing was asked, as the quota is spent';

type Addresses = Pick<Parts['config']['api'], 'baseUrl' | 'tokenUrl'>;

/** The address that did not answer, by the host with which the message begins, and the setting that names it. */
function meantBy(message: string, { baseUrl, tokenUrl }: Addresses): { variable: string; address: string } {
  const [api, token] = [new URL(baseUrl).host, new URL(tokenUrl).host];
  return token !== api && message.startsWith(`${token}: `)
    ? { variable: 'TRESTLE_TOKEN_URL', address: tokenUrl }
    : { variable: 'TRESTLE_API_BASE_URL', address: baseUrl };
}

function addressFinding(answer: Answer, addresses: Addresses): Finding {
  const stage = stageOf(answer);
  if (stage === 'quota') return skipped(NOT_ASKED);
  const hosts = [addresses.baseUrl, addresses.tokenUrl].map((address) => new URL(address).host);
  if (stage !== 'address') return ok([...new Set(hosts)].join(', '));
  const { variable, address } = meantBy(messageOf(answer), addresses);
  return fail(
    messageOf(answer),
    `check ${variable} for a slip; if it is right, this machine finds no names: getent hosts ${new URL(address).hostname}`,
  );
}

function connectionFinding(
  answer: Answer,
  { api: addresses, proxies }: Pick<Parts['config'], 'api' | 'proxies'>,
): Finding {
  if (stageOf(answer) !== 'connection') {
    const proxy = findProxy(new URL(addresses.baseUrl), proxies);
    const way = addresses.baseUrl.startsWith('https:') ? 'TLS' : 'without TLS, on this machine';
    return ok(proxy === undefined ? way : `${way}, through the proxy ${proxy.name}`);
  }
  const message = messageOf(answer);
  if (isOfProxy(message))
    return fail(message, 'check HTTPS_PROXY and NO_PROXY, in .env and in the environment of cron');
  const { variable, address } = meantBy(message, addresses);
  const isTls = /CERT|TLS|SSL|EPROTO|UNABLE_TO|ALTNAME/.test(message);
  return fail(
    message,
    isTls
      ? "check this machine's clock; if a proxy of yours opens TLS, give Node.js its authority: NODE_EXTRA_CA_CERTS"
      : `check ${variable}, and that a firewall lets this machine out: curl -v ${address}`,
  );
}

function signInFinding(answer: Answer): Finding {
  if (stageOf(answer) === 'sign-in' && 'error' in answer) return failed(answer.error);
  return ok('the API takes the credentials');
}

function answerFinding(answer: Answer, name: string): Finding {
  if ('error' in answer) {
    const { error } = answer;
    const isUnlicensed = error instanceof QueryRefusedError && error.status !== 400 && name !== 'Property';
    if (!isUnlicensed) return failed(error);
    return warn(`not licensed, every run skips it: ${error.message}`, `take ${name} out of RESOURCES`);
  }
  const { omittedFields: leftOut = [], unknownFields: unknown = [] } = answer;
  if (leftOut.length > 0) {
    return warn(
      `licensed, but without ${leftOut.join(', ')}: left out by every run`,
      'trestle-etl fields list --missing',
    );
  }
  if (unknown.length > 0) {
    return warn(
      `the feed does not say that it has ${unknown.join(', ')}: the columns may stay NULL`,
      `look for a slip in FIELDS_FILE; to be rid of them: trestle-etl fields drop ${name} ${unknown.join(' ')}`,
    );
  }
  if (answer.records > 0) return ok('licensed, and every field that is asked for is there');
  return warn(
    'licensed, but no record matches',
    'check its filter (PROPERTY_FILTER …), unless the feed is empty',
  );
}

function quotaFinding(answer: Answer, { config, source }: Parts, now: number): Finding {
  const hour = source.quota?.()?.hour;
  if (stageOf(answer) === 'quota') {
    const isMinute = messageOf(answer).startsWith("the minute's");
    const hourly =
      hour?.resetAt === undefined ? '' : ` for ${formatDuration(Math.max(0, hour.resetAt - now))}`;
    return fail(
      messageOf(answer),
      `wait${isMinute ? ' a minute' : hourly}, then run trestle-etl doctor again`,
    );
  }
  // What an earlier run was told can be of another hour.
  if (stageOf(answer) !== 'answer') return skipped('nothing was asked: the API was not reached');
  if (hour?.left === undefined || hour.limit === undefined) return ok('the API tells of none');
  const what = `${Math.round(hour.left)} of ${Math.round(hour.limit)} requests left this hour`;
  if (hour.left * 100 >= hour.limit * config.alerts.quotaPercent) return ok(what);
  return warn(what, 'look what else uses this connection; a run waits for the next hour by itself');
}

/** `Date` has whole seconds, and an answer takes a while. @param ahead milliseconds by which our clock is before the API's. */
export function clockFinding(ahead: number): Finding {
  const off = formatDuration(Math.abs(ahead));
  const what = `this machine's clock is ${off} ${ahead > 0 ? 'ahead of' : 'behind'} the API's`;
  const advice = 'let it be set by the network: timedatectl set-ntp true';
  if (Math.abs(ahead) >= 300_000) return fail(what, advice);
  return Math.abs(ahead) >= 30_000 ? warn(what, advice) : ok("agrees with the API's");
}

function messageOf(answer: Answer): string {
  return 'error' in answer ? answer.error.message : '';
}
