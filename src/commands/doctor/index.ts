import { type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';

export type DoctorFlags = { readonly json?: boolean };

export const doctor: CommandDefinition = {
  name: 'doctor',
  group: 'Set up',
  summary: 'check everything that a run needs, and report what to do',
  flags: [JSON_FLAG],
  examples: ['doctor', 'doctor --json', '--profile west doctor'],
  run: async (tool, flags: DoctorFlags) => {
    const { examine } = await import('./examine.ts');
    await tool.withCheckup((checkup) => examine(checkup, flags, tool.printAdapted));
  },
};
