import type { Command } from './commander.ts';
import { COMMANDS } from '../commands/registry.ts';
import { type ConfigChoice, flagOf } from '../config/place.ts';
import * as lib from '../lib/add-flag-to-commands.ts';

export const commandNames: readonly string[] = COMMANDS.map(({ name }) => name);

/** The commands in a text as this configuration needs them: `trestle-etl --profile west sync` for `trestle-etl sync`. */
export function adaptCommands(text: string, program: Command): string {
  return lib.addFlagToCommands(text, {
    tool: program.name(),
    flag: flagOf(program.opts<ConfigChoice>()),
    commands: commandNames,
  });
}
