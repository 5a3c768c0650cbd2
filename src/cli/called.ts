import type { Command } from 'commander';
import { flagOf, type Place } from '../app/context.ts';
import * as lib from '../lib/called.ts';
import { print } from './text.ts';

/** The commands in a text as this configuration needs them: `trestle-etl --profile west sync` for `trestle-etl sync`. */
export function asCalled(text: string, program: Command): string {
  const commands = program.commands.map((command) => command.name());
  return lib.asCalled(text, { tool: program.name(), flag: flagOf(program.opts<Place>()), commands });
}

/** Prints a text whose commands are as this configuration needs them. */
export function printAsCalled(program: Command) {
  return (text: string): void => print(asCalled(text, program));
}
