import type { CountySandbox } from '../../sandbox/county/index.ts';
import type { ItemsSandbox } from '../../sandbox/items/index.ts';
import type { Sandbox } from '../../sandbox/trestle/index.ts';
import type { SandboxFlags } from './index.ts';

/** The servers of a sandbox. */
export type Servers = {
  readonly feed: Sandbox;
  readonly county: CountySandbox | undefined;
  readonly items: ItemsSandbox | undefined;
};

/** What the user copies: settings, sources, and commands that change the data. */
export function describeServers({ feed, county, items }: Servers, flags: SandboxFlags): string[] {
  const sources = [
    ...(county === undefined ? [] : countySource(county.url)),
    ...(items === undefined ? [] : itemSources(items)),
  ];
  return [
    ...describeFeed(feed, flags.listings, items),
    ...(county === undefined ? [] : ['', `Appraisal district at ${county.url}`]),
    ...(items === undefined ? [] : ['', `APIs, CSV files and feeds at ${items.url}`]),
    ...(sources.length === 0
      ? []
      : ['', 'Put this into sources.yaml, next to .env:', 'sources:', ...sources]),
    ...(county === undefined
      ? []
      : describeChange(`${flags.accounts} accounts. Publish the next release with:`, county.url, 'release')),
    ...(items === undefined
      ? []
      : describeChange(
          `${flags.items} records of each kind. Change some with:`,
          items.url,
          'change?edited=5&added=2&deleted=1',
        )),
    '',
    'Press Ctrl-C to stop.',
  ];
}

function describeFeed(
  { url, clientId, clientSecret }: Sandbox,
  listings: number,
  items: ItemsSandbox | undefined,
): string[] {
  return [
    `Trestle sandbox at ${url}`,
    '',
    'Put this into .env, next to your MYSQL_* variables:',
    `TRESTLE_API_BASE_URL=${url}`,
    `TRESTLE_CLIENT_ID=${clientId}`,
    `TRESTLE_CLIENT_SECRET=${clientSecret}`,
    ...(items === undefined ? [] : [`SANDBOX_KEY=${items.credentials.key}`]),
    ...describeChange(
      `${listings} listings. Change some with:`,
      url,
      'change?changed=50&added=10&removed=3&photos=20',
    ),
  ];
}

function describeChange(text: string, url: string, command: string): string[] {
  return ['', text, `curl -X POST '${new URL(url).origin}/sandbox/${command}'`];
}

function countySource(url: string): string[] {
  return [
    '  hcad:',
    '    type: county',
    '    layout: hcad',
    '    year: 2026',
    `    url: ${url}`,
    '    tables: [real_acct, owners, building_res, building_other, fixtures, extra_features, land]',
  ];
}

/** One of each type, as in examples/sources.yaml. */
function itemSources({ url }: ItemsSandbox): string[] {
  return [
    '  mortgage_rates:',
    '    type: api',
    `    url: ${url}/fred/series/observations`,
    "    auth: { query: api_key, value: '${SANDBOX_KEY}' }",
    '    records: observations',
    '    page: { offset: offset, size: 100, size_param: limit }',
    '    since: { field: date, param: observation_start, format: date, start: 2020-01-01, overlap: 30d }',
    "    empty: ['.']",
    '    item:',
    '      external_id: date',
    '      title: { text: 30-year fixed mortgage rate }',
    '      amount: value',
    '      published_at: date',
    '      metadata: none',
    '  agents_roster:',
    '    type: csv',
    `    url: ${url}/csv/plain/roster.csv`,
    '    deletes: absent',
    '    item:',
    '      external_id: License No',
    "      title: '{First Name} {Last Name}'",
    '      category: Office',
    '  local_news:',
    '    type: rss',
    `    url: ${url}/feeds/rss.xml`,
  ];
}
