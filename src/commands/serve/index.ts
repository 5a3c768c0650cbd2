import type { CommandDefinition } from '../shared/definition.ts';

export const serve: CommandDefinition = {
  name: 'serve',
  group: 'Every day',
  summary: 'answer HTTP requests: an API of the data, and a dashboard in the browser; changes nothing',
  examples: ['serve', '--profile west serve'],
  run: async (tool) => {
    const { startServer } = await import('./start.ts');
    await tool.withContext('look', (context) => startServer(context, tool.print));
  },
};
