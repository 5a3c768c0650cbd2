import type { SourceType } from '../../sources/items.ts';
import { type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';

export type ListFlags = { readonly json?: boolean };
export type InitFlags = { readonly name?: string; readonly write?: boolean };
export type ResetFlags = { readonly yes?: boolean };

const NAME = { name: '<name>', help: 'the source, as sources.yaml names it' };

export const sources: CommandDefinition = {
  name: 'sources',
  group: 'Inspect',
  summary: 'list the sources; test, write or reset an entry of sources.yaml',
  examples: ['sources', 'sources test local_news', 'sources init rss https://news.example.com/feed.xml'],
  fallback: 'list',
  subcommands: [
    {
      name: 'list',
      summary:
        'list all sources: last run, checkpoint, items, when each is due; `sources` alone does the same',
      flags: [JSON_FLAG],
      examples: ['sources', 'sources list --json'],
      run: async (tool, flags: ListFlags) => {
        const { listSources } = await import('./list/list-sources.ts');
        await tool.withContext('look', (context) => listSources(context, flags, tool.printAdapted));
      },
    },
    {
      name: 'test',
      summary: 'read two pages and write nothing: records beside items, what the pages did, warnings',
      args: [NAME],
      examples: ['sources test local_news'],
      run: async (tool, _flags: object, name: string) => {
        const { testSource } = await import('./preview/test-source.ts');
        await tool.withContext('look', (context) => testSource(context, name, tool.printAdapted));
      },
    },
    {
      name: 'init',
      summary: 'look at an address or a file once, and print an entry for sources.yaml',
      args: [
        { name: '<type>', help: 'what it is', choices: ['api', 'csv', 'rss'] satisfies SourceType[] },
        { name: '<url>', help: 'its address, or the path of a file' },
      ],
      flags: [
        { flag: '--name <name>', help: 'the name of the source; default: a part of the address' },
        { flag: '--write', help: 'add the entry to sources.yaml' },
      ],
      examples: [
        'sources init rss https://news.example.com/feed.xml --name local_news',
        'sources init csv /srv/drop/roster.csv --write',
      ],
      run: async (tool, flags: InitFlags, type: SourceType, target: string) => {
        const { initSource } = await import('./init/init-source.ts');
        await tool.withSourceDraft((draft, { cwd, signal }) =>
          initSource(draft, { type, target, cwd }, flags, signal, tool.printAdapted),
        );
      },
    },
    {
      name: 'reset',
      summary: 'forget the checkpoint of a source: the next run starts at the beginning; items stay',
      args: [NAME],
      flags: [{ flag: '--yes', help: 'do not ask' }],
      examples: ['sources reset local_news', 'sources reset local_news --yes'],
      run: async (tool, flags: ResetFlags, name: string) => {
        const { resetCheckpoint } = await import('./reset/reset.ts');
        await tool.withContext('write', (context) => resetCheckpoint(context, name, flags, tool));
      },
    },
  ],
};
