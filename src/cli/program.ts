import { Command, CommanderError, Option } from 'commander';
import { version } from '../app/context.ts';
import { addFields } from './fields.ts';
import { profileName } from './flags.ts';
import { addLooks } from './looks.ts';
import { addQuarantine } from './quarantine.ts';
import { addRepairs } from './repairs.ts';
import { addRuns } from './runs.ts';
import { addSchema } from './schema.ts';
import { addSetup } from './setup.ts';

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

/** The whole command line: names, flags, help; what each does is in src/commands. */
export function build(): Command {
  const program = new Command('trestle-etl')
    .description('Keeps a MySQL database in step with a Trestle (RESO OData) feed.')
    .version(version)
    .option('--env-file <file>', 'configuration; default: .env in the working directory')
    .addOption(
      new Option('--profile <profile>', 'another feed: .env.<profile>, state/<profile>, logs/<profile>')
        .argParser(profileName)
        .conflicts('envFile'),
    )
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) });
  addRuns(program);
  addRepairs(program);
  addQuarantine(program);
  addFields(program);
  addLooks(program);
  addSchema(program);
  addSetup(program);
  program.commands.forEach((command) => command.exitOverride().copyInheritedSettings(program));
  return program;
}

/** Commander's own end: help or version that was asked for, or a command line that is wrong. */
export function exitCodeOfComplaint(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? 0 : 2;
}

/** Commander's complaint about the command line, with where to look. */
function oneLine(text: string): string {
  const complaint = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return `trestle-etl: ${complaint} — trestle-etl --help shows what there is\n`;
}
