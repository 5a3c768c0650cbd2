import type { Command } from 'commander';
import type { Place } from '../context.ts';
import { print } from './text.ts';

/** The commands in a text as this configuration needs them: `trestle-etl --profile west sync` for `trestle-etl sync`. */
export function asCalled(text: string, program: Command): string {
  const { envFile, profile } = program.opts<Place>();
  const flag = profile === undefined ? `--env-file ${envFile}` : `--profile ${profile}`;
  if (profile === undefined && envFile === undefined) return text;
  const names = program.commands.map((command) => command.name()).join('|');
  return text.replaceAll(new RegExp(`\\btrestle-etl (?=(?:${names})\\b)`, 'g'), () => `trestle-etl ${flag} `);
}

/** Prints a text whose commands are as this configuration needs them. */
export function printAsCalled(program: Command) {
  return (text: string): void => print(asCalled(text, program));
}
