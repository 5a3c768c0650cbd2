import type { CommandDefinition } from '../shared/definition.ts';

export const init: CommandDefinition = {
  name: 'init',
  group: 'Set up',
  summary: 'ask for the required settings, and write a first .env',
  examples: ['init', '--profile west init'],
  run: async (tool) => {
    const { askForSettings } = await import('./ask.ts');
    await askForSettings(await tool.openDraft(), tool.printAdapted);
  },
};
