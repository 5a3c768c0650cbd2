import type { CommandDefinition } from '../shared/definition.ts';
import { parseCount, parseList, parseInteger } from '../shared/flag-values.ts';

export type SandboxFlags = {
  readonly listings: number;
  readonly media: number;
  readonly port: number;
  readonly seed: number;
  readonly minuteQuota: number;
  readonly hourQuota: number;
  readonly mediaSize: number;
  readonly mediaLife: number;
  readonly mediaMinuteQuota: number;
  readonly mediaHourQuota: number;
  readonly mediaRedirect?: boolean;
  readonly unlicensed?: readonly string[];
  readonly latency: number;
  readonly accounts: number;
  readonly countyPort: number;
  readonly items: number;
  readonly itemsPort: number;
  readonly itemsFolder?: string;
};

export const sandbox: CommandDefinition = {
  name: 'sandbox',
  group: 'Set up',
  summary: 'serve a Trestle feed, county files, APIs and feeds with invented data on this machine',
  flags: [
    { flag: '--listings <n>', help: 'number of listings', parse: parseCount, preset: 1000 },
    { flag: '--media <n>', help: 'average number of media for each listing', parse: parseCount, preset: 3 },
    { flag: '--port <n>', help: 'port; 0: a free one', parse: parseInteger, preset: 0 },
    { flag: '--seed <n>', help: 'seed of the invented data', parse: parseCount, preset: 1 },
    { flag: '--minute-quota <n>', help: 'requests allowed in a minute', parse: parseCount, preset: 100_000 },
    { flag: '--hour-quota <n>', help: 'requests allowed in an hour', parse: parseCount, preset: 1_000_000 },
    {
      flag: '--media-size <kb>',
      help: 'average size of a photo in KB, 2 to 200',
      parse: parseCount,
      preset: 20,
    },
    {
      flag: '--media-life <seconds>',
      help: 'how long an address of a media file is valid',
      parse: parseCount,
      preset: 3600,
    },
    {
      flag: '--media-minute-quota <n>',
      help: 'media files allowed in a minute',
      parse: parseCount,
      preset: 480,
    },
    {
      flag: '--media-hour-quota <n>',
      help: 'media files allowed in an hour',
      parse: parseCount,
      preset: 18_000,
    },
    { flag: '--media-redirect', help: 'redirect addresses of media files to another origin' },
    {
      flag: '--unlicensed <names>',
      help: 'sets that the licence lacks, separated by commas',
      parse: parseList,
    },
    { flag: '--latency <ms>', help: 'milliseconds added to every answer', parse: parseInteger, preset: 0 },
    {
      flag: '--accounts <n>',
      help: 'accounts of the appraisal district; 0: none',
      parse: parseInteger,
      preset: 5000,
    },
    {
      flag: '--county-port <n>',
      help: 'port of the county files; 0: a free one',
      parse: parseInteger,
      preset: 0,
    },
    {
      flag: '--items <n>',
      help: 'records of each API, CSV file and feed; 0: none',
      parse: parseInteger,
      preset: 500,
    },
    {
      flag: '--items-port <n>',
      help: 'port of the APIs, CSV files and feeds; 0: a free one',
      parse: parseInteger,
      preset: 0,
    },
    { flag: '--items-folder <path>', help: 'folder in which the CSV files are also written' },
  ],
  examples: [
    'sandbox --listings 2000',
    'sandbox --port 8080 --minute-quota 180',
    'sandbox --accounts 300000',
    'sandbox --items-port 8082',
    'sandbox --unlicensed Teams,TeamMembers',
  ],
  run: async (tool, flags: SandboxFlags) => {
    const { serveSandbox } = await import('./serve.ts');
    await tool.untilStopped((signal) => serveSandbox(flags, tool.print, signal));
  },
};
