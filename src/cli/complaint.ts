import { COMMANDS } from '../commands/registry.ts';
import { subcommandsOf } from '../commands/shared/definition.ts';
import { nameOf } from './subcommand.ts';

/**
 * Commander's complaint about the command line as one line, with where to look.
 * @param path the command, and its subcommand if it has one.
 */
export function complaintOf(text: string, path: readonly string[]): string {
  const complaint = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return `trestle-etl: ${complaint} — ${hintFor(complaint, path)}\n`;
}

function hintFor(complaint: string, path: readonly string[]): string {
  const [command, subcommand] = path;
  if (command === undefined || subcommand === undefined) return 'trestle-etl --help shows what there is';
  const flag = /^unknown option '(--[\w-]+)/.exec(complaint)?.[1];
  const owner = flag === undefined ? undefined : ownerOf(flag, command);
  if (owner !== undefined) return `it is an option of trestle-etl ${command} ${owner}`;
  return `trestle-etl ${command} ${subcommand} --help shows what there is`;
}

/** The subcommand of a command that has a flag. */
function ownerOf(flag: string, command: string): string | undefined {
  const definition = COMMANDS.find(({ name }) => name === command);
  if (definition === undefined) return undefined;
  return subcommandsOf(definition).find(({ flags = [] }) => flags.some((each) => nameOf(each) === flag))
    ?.name;
}
