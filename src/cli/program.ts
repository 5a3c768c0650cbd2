import {
  Command,
  CommanderError,
  InvalidArgumentError,
  Option,
  type OutputConfiguration,
} from './commander.ts';
import { version } from '../app/version.ts';
import { COMMANDS } from '../commands/registry.ts';
import { GROUPS } from '../commands/shared/definition.ts';
import type { Io, Output } from '../model/io.ts';
import { createCommand } from './command.ts';
import { describeComplaint } from './complaint.ts';
import { createTool } from './tool.ts';

/** Columns of a help text that goes to no terminal; commander's own default. */
const HELP_WIDTH = 80;

const EXIT_CODES = `
Exit codes:
  0    done (also when records were put into quarantine)
  1    failed
  2    wrong usage
  69   API or database unavailable, after retries
  75   another run is active, or the quota is spent: try later
  77   credentials refused
  78   configuration or schema wrong
  129, 130, 143   interrupted by SIGHUP, SIGINT, SIGTERM`;

/** The whole command line: its global flags, and every command of the registry. */
export function buildProgram(io: Io): Command {
  const program = new Command('trestle-etl')
    .description('Keeps a MySQL database in step with a Trestle (RESO OData) feed.')
    .version(version)
    .option('--env-file <file>', 'configuration; default: .env in the working directory')
    .addOption(
      new Option('--profile <profile>', 'another feed: .env.<profile>, state/<profile>, logs/<profile>')
        .argParser(parseProfile)
        .conflicts('envFile'),
    )
    .commandsGroup(`${GROUPS.at(-1)!}:`)
    .helpCommand(true)
    .addHelpText('after', EXIT_CODES);
  for (const definition of COMMANDS)
    program.addCommand(createCommand(definition, () => createTool(program, io)));
  configureErrors(program, [], io);
  return program;
}

/** Lets a command and its subcommands throw instead of ending the process, and complain in one line. */
function configureErrors(command: Command, path: readonly string[], io: Io): void {
  command.exitOverride().configureOutput({
    ...outputOf(io),
    outputError: (text, write) => write(describeComplaint(text, path)),
  });
  for (const each of command.commands) configureErrors(each, [...path, each.name()], io);
}

/** Commander's own texts go where those of the commands go. */
function outputOf({ stdout, stderr }: Io): OutputConfiguration {
  return {
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    getOutHelpWidth: () => widthOf(stdout),
    getErrHelpWidth: () => widthOf(stderr),
  };
}

function widthOf({ isTTY, columns }: Output): number {
  return isTTY === true && columns !== undefined ? columns : HELP_WIDTH;
}

/** It becomes part of file names. */
function parseProfile(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be of letters, digits, _ and -.');
}

/** Commander's own end: help or version that was asked for, or a command line that is wrong. */
export function exitCodeOfComplaint(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? 0 : 2;
}
