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

/** Columns of a help text that is not printed on a terminal; commander's own default. */
const HELP_WIDTH = 80;

const EXIT_CODES = `
Exit codes:
  0    done (even if some records were quarantined)
  1    failed
  2    invalid command line
  69   API or database unavailable, after retries
  75   another run is active, or the quota is spent: try again later
  77   credentials refused
  78   invalid configuration or schema
  129, 130, 143   interrupted by SIGHUP, SIGINT, SIGTERM`;

/** The whole command line: its global flags, and every command of the registry. */
export function buildProgram(io: Io): Command {
  const program = new Command('trestle-etl')
    .description('Keeps a MySQL database in step with a Trestle (RESO OData) feed and with county files.')
    .version(version)
    .option('--env-file <file>', 'configuration file; default: .env in the working directory')
    .addOption(
      new Option(
        '--profile <profile>',
        'use a separate feed: .env.<profile>, state/<profile>, logs/<profile>',
      )
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

/** Makes a command and its subcommands throw instead of ending the process, and report errors in one line. */
function configureErrors(command: Command, path: readonly string[], io: Io): void {
  command.exitOverride().configureOutput({
    ...outputOf(io),
    outputError: (text, write) => write(describeComplaint(text, path)),
  });
  for (const each of command.commands) configureErrors(each, [...path, each.name()], io);
}

/** Sends commander's own texts to the same streams as those of the commands. */
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

/** The name becomes part of file names. */
function parseProfile(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  throw new InvalidArgumentError('Use letters, digits, _ and - only.');
}

/** The exit code of commander's own errors: 0 for --help and --version, 2 for an invalid command line; else undefined. */
export function exitCodeOfComplaint(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? 0 : 2;
}
