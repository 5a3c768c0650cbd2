import type { Command } from './commander.ts';
import { COMMANDS } from '../commands/registry.ts';
import { type ConfigChoice, configFlag } from '../config/location.ts';
import * as lib from '../lib/add-flag-to-commands.ts';

export const commandNames: readonly string[] = COMMANDS.map(({ name }) => name);

/** Adds this configuration's flag to the commands in a text: `trestle-etl sync` becomes `trestle-etl --profile west sync`. */
export function adaptCommands(text: string, program: Command): string {
  return lib.addFlagToCommands(text, {
    tool: program.name(),
    flag: configFlag(program.opts<ConfigChoice>()),
    commands: commandNames,
  });
}
