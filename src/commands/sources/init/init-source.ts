import { dirname, isAbsolute, resolve } from 'node:path';
import type { SourceDraft } from '../../../app/source-draft.ts';
import { UsageError } from '../../../errors.ts';
import type { SourceType } from '../../../sources/items.ts';
import { appendEntry, indentIn, namesIn } from '../../../sources/items/stub/append-entry.ts';
import { guessName } from '../../../sources/items/stub/guess-name.ts';
import { type DividedAddress, hideSecrets } from '../../../sources/items/stub/hide-secrets.ts';
import { inspectSource } from '../../../sources/items/stub/inspect.ts';
import { isAddress } from '../../../sources/items/stub/sample.ts';
import { writeEntry } from '../../../sources/items/stub/write-entry.ts';
import type { Print } from '../../shared/tool.ts';
import type { InitFlags } from '../index.ts';

type Entry = { readonly name: string; readonly lines: readonly string[] };

/**
 * Looks at a source once, and prints an entry for sources.yaml; with `--write` adds it to the file.
 * @throws UsageError if the file cannot take it as it is, after the entry was printed; the error of the look.
 */
export async function initSource(
  draft: SourceDraft,
  { type, target, cwd }: { readonly type: SourceType; readonly target: string; readonly cwd: () => string },
  flags: InitFlags,
  signal: AbortSignal,
  print: Print,
): Promise<void> {
  const found = checkTarget(type, target, cwd);
  if (flags.name !== undefined && !draft.isName(flags.name)) {
    throw new UsageError(`${flags.name} is not a name for a source`, {
      op: 'read arguments',
      hint: 'a name has at most 31 of a-z, 0-9, - and _, and begins with a letter',
    });
  }
  const text = draft.read();
  const name = flags.name ?? guessName(found, namesIn(text ?? '') ?? []);
  const { file, tools, stateFolder } = draft;
  const own = { id: name, tools, folder: dirname(file), stateFolder };
  const {
    request,
    entry: written,
    variables,
  } = isAddress(found) ? hideSecrets(found, name) : localFile(found);
  const inspected = await inspectSource(type, request, own, signal);
  const sample = { ...inspected, target: written.url, auth: written.auth, variables };
  const entry = { name, lines: writeEntry(name, sample, indentIn(text ?? '')) };
  const next = `trestle-etl sources test ${name}`;
  if (flags.write !== true) {
    print([...headOf(draft, text), ...entry.lines, `# belongs in ${file}; then: ${next}`].join('\n'));
    return;
  }
  writeTo(draft, text, entry, print);
  print(`Added ${name} to ${file}.`);
  for (const each of variables) print(`Set ${each.name} in .env: it is ${each.part} in the address.`);
  print(`Next: ${next}`);
}

/** @throws UsageError, after the entry was printed, if it cannot be added without a change of what is there. */
function writeTo(draft: SourceDraft, text: string | undefined, entry: Entry, print: Print): void {
  const isNew = text === undefined || text.trim() === '';
  const added = isNew
    ? `${[...headOf(draft, undefined), ...entry.lines].join('\n')}\n`
    : appendEntry(text, entry.name, entry.lines);
  if (added !== undefined) return draft.write(added);
  print(entry.lines.join('\n'));
  const isTaken = namesIn(text ?? '')?.includes(entry.name) === true;
  throw new UsageError(
    isTaken
      ? `${draft.file} has a source ${entry.name} already`
      : `${draft.file} cannot take an entry at its end without a change of what is there`,
    {
      op: 'sources init',
      hint: isTaken ? 'choose another name with --name' : 'paste the entry above below its key sources',
    },
  );
}

function localFile(path: string): DividedAddress {
  const target = { url: path, auth: undefined };
  return { request: target, entry: target, variables: [] };
}

/** What a new file begins with. */
function headOf({ schema }: SourceDraft, text: string | undefined): string[] {
  return text === undefined ? [`# yaml-language-server: $schema=${schema}`, 'sources:'] : ['sources:'];
}

/** @returns the address, or the whole path of a file. @throws UsageError if a feed has no address. */
function checkTarget(type: SourceType, target: string, cwd: () => string): string {
  if (isAddress(target)) {
    if (URL.canParse(target)) return target;
    throw new UsageError(`${target} is not an address`, {
      op: 'read arguments',
      hint: 'it must begin with https:// or http://',
    });
  }
  if (type === 'rss') {
    throw new UsageError('a feed needs an address', {
      op: 'read arguments',
      hint: 'trestle-etl sources init rss https://news.example.com/feed.xml',
    });
  }
  return isAbsolute(target) ? target : resolve(cwd(), target);
}
