import type { Subcommand } from '../shared/definition.ts';

export const drop: Subcommand = {
  name: 'drop',
  summary: 'drop columns that fields add created; the payloads keep their values',
  args: [
    { name: '<resource>', help: 'the resource' },
    { name: '[fields...]', help: 'its fields' },
  ],
  examples: ['fields drop Property Flooring'],
  run: async (tool, _flags: object, resource: string, names: readonly string[]) => {
    const { dropFields } = await import('./drop-fields.ts');
    await tool.withContext('write', (context) => dropFields(context, resource, names, tool.printAdapted));
  },
};
