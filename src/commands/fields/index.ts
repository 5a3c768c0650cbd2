import type { CommandDefinition } from '../shared/definition.ts';
import { add } from './add.ts';
import { drop } from './drop.ts';
import { list } from './list.ts';

export const fields: CommandDefinition = {
  name: 'fields',
  group: 'Set up',
  summary: 'show the fields of the licence, make columns of them, filled from what is stored, or drop those',
  examples: ['fields', 'fields list Property --missing', 'fields add Property Appliances Flooring'],
  fallback: 'list',
  subcommands: [list, add, drop],
};
