import { COMMANDS } from '../commands/registry.ts';
import { subcommandsOf } from '../commands/shared/definition.ts';
import { nameOf } from './subcommand.ts';

/**
 * Formats commander's complaint about the command line as one line, with the help to read.
 * @param path the command, and its subcommand if it has one.
 */
export function describeComplaint(text: string, path: readonly string[]): string {
  const complaint = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  const [command, subcommand] = path;
  if (command === undefined || subcommand === undefined) return formatLine(complaint, 'trestle-etl --help');
  const flag = /^unknown option '(--[\w-]+)/.exec(complaint)?.[1];
  const owner = flag === undefined ? undefined : findOwner(flag, command);
  if (owner === undefined) return formatLine(complaint, `trestle-etl ${command} ${subcommand} --help`);
  return `trestle-etl: unknown option '${flag}' — it is an option of trestle-etl ${command} ${owner}\n`;
}

function formatLine(complaint: string, help: string): string {
  return `trestle-etl: ${complaint} — see ${help}\n`;
}

/** Finds the subcommand that has a flag. */
function findOwner(flag: string, command: string): string | undefined {
  const definition = COMMANDS.find(({ name }) => name === command);
  if (definition === undefined) return undefined;
  return subcommandsOf(definition).find(({ flags = [] }) => flags.some((each) => nameOf(each) === flag))
    ?.name;
}
