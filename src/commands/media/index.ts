import { parseCount } from '../shared/flag-values.ts';
import type { CommandDefinition } from '../shared/definition.ts';

export type DownloadFlags = {
  readonly maxFiles?: number;
  readonly maxMinutes?: number;
  readonly listing?: string;
  readonly dryRun?: boolean;
};

export const media: CommandDefinition = {
  name: 'media',
  group: 'Every day',
  summary: 'download the photos and other files of the media records',
  examples: ['media download', 'media download --listing 1155528690'],
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
  ],
};
