import type { CommandDefinition } from '../shared/definition.ts';
import { add } from './add.ts';
import { drop } from './drop.ts';
import { list } from './list.ts';

export const fields: CommandDefinition = {
  name: 'fields',
  group: 'Set up',
  summary: 'list the fields of the licence; add columns for them, or drop added columns',
  examples: ['fields', 'fields list Property --missing', 'fields add Property Appliances Flooring'],
  fallback: 'list',
  subcommands: [list, add, drop],
};
