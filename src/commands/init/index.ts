import type { CommandDefinition } from '../shared/definition.ts';

export const init: CommandDefinition = {
  name: 'init',
  group: 'Set up',
  summary: 'write a first .env by asking for what it needs',
  examples: ['init', '--profile west init'],
  run: async (tool) => {
    const { askForSettings } = await import('./ask.ts');
    await askForSettings(await tool.openDraft(), tool.printAdapted);
  },
};
