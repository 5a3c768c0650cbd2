import { type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';

export type ReleasesFlags = { readonly json?: boolean };

export const releases: CommandDefinition = {
  name: 'releases',
  group: 'Inspect',
  summary: 'show the releases of a source, their files, checks and changes',
  args: [{ name: '[source]', help: 'the source, such as hcad; default: all of them' }],
  flags: [JSON_FLAG],
  examples: ['releases', 'releases hcad', 'releases hcad --json'],
  run: async (tool, flags: ReleasesFlags, source?: string) => {
    const { showReleases } = await import('./show.ts');
    await tool.withContext('look', (context) => showReleases(context, source, flags, tool.print));
  },
};
