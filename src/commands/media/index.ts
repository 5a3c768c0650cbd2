import { parseCount, parseShare } from '../shared/flag-values.ts';
import type { CommandDefinition } from '../shared/definition.ts';

export type DownloadFlags = {
  readonly maxFiles?: number;
  readonly maxMinutes?: number;
  readonly listing?: string;
  readonly dryRun?: boolean;
};

export type SweepFlags = { readonly remove?: boolean; readonly force?: boolean };

export type VerifyMediaFlags = {
  /** From 0 to 1. */
  readonly sample?: number;
  readonly force?: boolean;
};

export const media: CommandDefinition = {
  name: 'media',
  group: 'Every day',
  summary: 'download the photos and other files of the media records',
  examples: ['media download', 'media download --listing 1155528690', 'media verify --sample 1%'],
  subcommands: [
    {
      name: 'download',
      summary: 'download files that are new or changed, and remove those that are gone',
      flags: [
        { flag: '--max-files <n>', help: 'end after this many files', parse: parseCount },
        { flag: '--max-minutes <n>', help: 'end after this many minutes', parse: parseCount },
        { flag: '--listing <key>', help: 'only the files of this listing, by its ListingKey' },
        { flag: '--dry-run', help: 'count the files, and change nothing' },
      ],
      examples: ['media download', 'media download --max-minutes 30', 'media download --dry-run'],
      run: async (tool, flags: DownloadFlags) => {
        const { downloadMedia } = await import('./download.ts');
        const print = flags.dryRun === true ? tool.print : tool.printOnTerminal;
        await tool.withContext('write', (context) => downloadMedia(context, flags, print));
      },
    },
    {
      name: 'sweep',
      summary: 'find files that no row names, and rows whose file is missing',
      flags: [
        { flag: '--remove', help: 'remove these files, and download these rows again' },
        { flag: '--force', help: 'with --remove: also if they are more than MEDIA_SWEEP_MAX_PERCENT' },
      ],
      examples: ['media sweep', 'media sweep --remove'],
      run: async (tool, flags: SweepFlags) => {
        const { sweep } = await import('./sweep.ts');
        await tool.withContext('write', (context) => sweep(context, flags, tool.printAdapted));
      },
    },
    {
      name: 'verify',
      summary: 'read stored files again, and compare their size and checksum',
      flags: [
        { flag: '--sample <share>', help: 'only this share of the files, by chance: 1%', parse: parseShare },
        { flag: '--force', help: 'also if more than MEDIA_SWEEP_MAX_PERCENT of the files are missing' },
      ],
      examples: ['media verify', 'media verify --sample 1%'],
      run: async (tool, flags: VerifyMediaFlags) => {
        const { verifyMedia } = await import('./verify.ts');
        await tool.withContext('write', (context) => verifyMedia(context, flags, tool.printAdapted));
      },
    },
  ],
};
