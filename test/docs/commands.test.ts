import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { cli } from '../../src/cli.ts';
import { capturedIo } from '../helpers/io.ts';
import { codes, documents, read, section, tableRows } from './documents.ts';

type Command = {
  readonly options: ReadonlyMap<string, boolean>;
  readonly defaults: ReadonlyMap<string, string>;
  /** Whether words that are no options may follow. */
  readonly takesWords: boolean;
  readonly subcommands: ReadonlyMap<string, Command>;
};

let top: Command;
let commands: ReadonlyMap<string, Command>;
let mainHelp: string;

/** What `trestle-etl … --help` prints. */
async function help(...args: string[]): Promise<string> {
  const { io, stdout } = capturedIo();
  const code = await cli(['node', 'trestle-etl', ...args, '--help'], io);
  if (code !== 0) throw new Error(`--help ended with exit code ${code}`);
  return stdout();
}

/** The options in a help text, and whether each takes a value. */
function optionsIn(text: string): Command {
  const options = new Map<string, boolean>();
  const defaults = new Map<string, string>();
  for (const line of text.split(/\n(?= {2}-)/)) {
    const [, short, long, value] = /^ {2}(?:(-\w), )?(--[\w-]+)( <\w+(?:-\w+)*>)?/.exec(line) ?? [];
    if (long === undefined) continue;
    options.set(long, value !== undefined);
    if (short !== undefined) options.set(short, value !== undefined);
    const preset = /default: "?([^")]+)"?\)/.exec(line.replaceAll(/\s+/g, ' '))?.[1];
    if (preset !== undefined) defaults.set(long, preset);
  }
  const takesWords = /^Usage: \S+(?: [a-z-]+)+(?: \[options\])? [<[](?!options|command)/m.test(text);
  return { options, defaults, takesWords, subcommands: new Map() };
}

/** The names of the commands in a list of them. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/^ {2}([a-z-]+)/gm)].map((match) => match[1]!).filter((name) => name !== 'help');
}

/** What a help text has under a heading; empty if the heading is not there. */
function under(heading: string, text: string): string {
  return (text.split(`\n${heading}:\n`)[1] ?? '').split('\n\n')[0]!;
}

async function readCommand(...path: string[]): Promise<Command> {
  const text = await help(...path);
  const subcommands = new Map<string, Command>();
  for (const name of namesIn(under('Commands', text))) {
    subcommands.set(name, await readCommand(...path, name));
  }
  return { ...optionsIn(text), subcommands };
}

function allCommands(): Command[] {
  return [top, ...commands.values()].flatMap((command) => [command, ...command.subcommands.values()]);
}

beforeAll(async () => {
  mainHelp = await help();
  top = optionsIn(mainHelp);
  const found = new Map<string, Command>();
  for (const name of namesIn(mainHelp.split('\nEvery day:\n')[1]!)) found.set(name, await readCommand(name));
  commands = found;
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is wrong with a command line's words after `trestle-etl`; undefined if nothing is. */
function mistake(words: readonly string[]): string | undefined {
  let command: Command | undefined;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (word.startsWith('-')) {
      const takesValue = command?.options.get(word) ?? top.options.get(word);
      if (takesValue === undefined) return `no option ${word}`;
      if (takesValue && (words[at + 1] ?? '-').startsWith('-')) return `${word} needs a value`;
      if (takesValue) at += 1;
    } else {
      if (command?.takesWords === true) continue;
      const known: ReadonlyMap<string, Command> = command?.subcommands ?? commands;
      if (command !== undefined && known.size === 0) return `${word} is too much`;
      command = known.get(word);
      if (command === undefined) return `no command ${word}`;
    }
  }
  return undefined;
}

/** The command lines in a text, as words: in code blocks and between back-ticks, to the end of the shell command. */
function commandLines(text: string): string[][] {
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap((match) => match[1]!.split('\n'));
  // Messages are between back-ticks too.
  const inline = codes(text.replaceAll(/^```[\s\S]*?^```/gm, '')).filter((code) =>
    /^(?:trestle-etl|cd|node|sudo|\/\S+) /.test(code),
  );
  return [...blocks, ...inline].flatMap(linesIn);
}

function linesIn(text: string): string[][] {
  return [...text.matchAll(/(?:^|[\s(/])(?:trestle-etl|dist\/main\.js)((?: +[^\s&|;>#)(]+)+)/g)]
    .map((match) => match[1]!.replace(/ 2$/, '').trim().split(/\s+/))
    .filter(([first = '']) => /^[-a-z]/i.test(first));
}

/** The jobs of a crontab, those that are commented out too. */
function jobsIn(crontab: string): string[] {
  return crontab.split('\n').filter((line) => /^#?[*\d]/.test(line));
}

describe('the check itself', () => {
  test('finds command lines in blocks and between back-ticks', () => {
    const text = [
      'It says `tables that trestle-etl did not make`.',
      'Use `trestle-etl sync --since 2026-03-19`, not `trestle-etl: words` or `trestle-etl`.',
      '```sh',
      'cd /srv/trestle-etl && trestle-etl status   # looks',
      'sudo npm install -g ./trestle-etl-0.1.0.tgz',
      '{ out=$(/usr/local/bin/trestle-etl sync 2>&1) || echo "$out"; }',
      'node dist/main.js migrate',
      '```',
    ].join('\n');
    expect(commandLines(text)).toEqual([
      ['status'],
      ['sync'],
      ['migrate'],
      ['sync', '--since', '2026-03-19'],
    ]);
  });

  test.each([
    ['frobnicate', 'no command frobnicate'],
    ['sync --frob', 'no option --frob'],
    ['status --max-pages 3', 'no option --max-pages'],
    ['sync --since', '--since needs a value'],
    ['status now', 'now is too much'],
    ['quarantine lst', 'no command lst'],
    ['fields drop Property --missing', 'no option --missing'],
    ['--env-file sync', 'no command undefined'],
  ])('trestle-etl %s is refused', (line, why) => {
    const found = mistake(line.split(' '));
    if (why.endsWith('undefined')) expect(found).toBeUndefined();
    else expect(found).toBe(why);
  });
});

describe('command lines', () => {
  test.each([...documents(), 'crontab.example'])('in %s name commands and options that exist', (path) => {
    const text = read(path);
    const lines = path.endsWith('.md') ? commandLines(text) : jobsIn(text).flatMap(linesIn);
    const wrong = lines
      .map((words) => [words.join(' '), mistake(words)])
      .filter(([, why]) => why !== undefined);
    expect(wrong).toEqual([]);
  });

  test('are in the README and in crontab.example', () => {
    expect(commandLines(read('README.md')).length).toBeGreaterThan(5);
    expect(jobsIn(read('crontab.example')).flatMap(linesIn).length).toBeGreaterThan(0);
  });
});

describe('what --help shows', () => {
  test('has every command in one of four groups', () => {
    expect(namesIn(under('Every day', mainHelp))).toEqual([
      'sync',
      'full-load',
      'reconcile',
      'media',
      'serve',
      'status',
    ]);
    expect(namesIn(under('Inspect', mainHelp))).toEqual([
      'verify',
      'why',
      'asof',
      'usage',
      'plan',
      'sources',
      'releases',
      'parcels',
    ]);
    expect(namesIn(under('Repair', mainHelp))).toEqual(['quarantine', 'reprocess', 'undelete', 'rollback']);
    expect(namesIn(under('Set up', mainHelp))).toEqual([
      'init',
      'doctor',
      'migrate',
      'fields',
      'schema',
      'alert',
      'completion',
      'sandbox',
    ]);
    expect(commands.size).toBe(26);
  });

  test('every command and subcommand has examples, whose flags exist', async () => {
    for (const [name, { subcommands }] of commands) {
      for (const path of [[name], ...[...subcommands.keys()].map((each) => [name, each])]) {
        const lines = (await help(...path)).split('Examples:\n')[1]!.trim().split('\n').flatMap(linesIn);
        expect(lines.length).toBeGreaterThan(0);
        expect(lines.map((words) => [words.join(' '), mistake(words)]).filter(([, why]) => why)).toEqual([]);
      }
    }
  });

  test('the README has a row for every command, in the order of --help', () => {
    const rows = tableRows(section(read('README.md'), '## Commands')).map(([first = '']) => codes(first)[0]);
    expect(rows).toEqual([...commands.keys()]);
  });

  test('docs/commands.md has a section for every command, in the groups and the order of --help', () => {
    const text = read('docs/commands.md');
    const all = documents().flatMap((path) => [...read(path).matchAll(/^### ([a-z-]+)$/gm)]);
    expect(all.map((match) => match[1])).toEqual([...commands.keys()]);
    for (const group of ['Every day', 'Inspect', 'Repair', 'Set up']) {
      const headings = [...section(text, `## ${group}`).matchAll(/^### (\S+)$/gm)].map((match) => match[1]!);
      expect(headings).toEqual(namesIn(under(group, mainHelp)));
    }
  });

  test.each(['sources', 'quarantine', 'parcels', 'fields'])(
    'docs/commands.md has a row for every subcommand of %s',
    (name) => {
      const rows = tableRows(section(read('docs/commands.md'), `### ${name}`));
      expect(rows.map(([first = '']) => codes(first)[0]!.split(' ')[1])).toEqual([
        ...commands.get(name)!.subcommands.keys(),
      ]);
    },
  );

  test('every option is in a document', () => {
    const text = documents().map(read).join('\n');
    const all = allCommands().flatMap(({ options }) => [...options.keys()]);
    const ours = new Set(all.filter((name) => name.startsWith('--')));
    expect([...ours].filter((name) => !new RegExp(`${name}(?![\\w-])`).test(text))).toEqual([]);
  });

  test("the sandbox's options and defaults are those of docs/sandbox.md", () => {
    const rows = tableRows(section(read('docs/sandbox.md'), '## Try it')).map(([name = '', value = '']) => [
      name.replaceAll('`', ''),
      value,
    ]);
    expect(rows).toEqual([...commands.get('sandbox')!.defaults]);
  });

  test("the exit codes are those of the README's table, and of no other document", () => {
    const shown = [...mainHelp.split('Exit codes:')[1]!.matchAll(/^ {2}(\d[\d, ]*?) {2,}(.+)$/gm)].map(
      (match) => [match[1], match[2]],
    );
    const documented = tableRows(section(read('README.md'), '## Exit codes'));
    expect(shown.length).toBeGreaterThan(5);
    expect(documented.map((cells) => cells.slice(0, 2))).toEqual(shown);
    expect(documents().filter((path) => /^\| Code \|/m.test(read(path)))).toEqual(['README.md']);
  });
});

describe('crontab.example', () => {
  const lines = read('crontab.example').split('\n');
  const jobs = jobsIn(read('crontab.example'));

  test('runs sync and reconcile, and no full-load', () => {
    expect(new Set(jobs.flatMap(linesIn).map(([command]) => command))).toEqual(
      new Set(['sync', 'reconcile']),
    );
  });

  test('sets PATH before the first job, so that node is found', () => {
    const path = lines.findIndex((line) => line.startsWith('PATH='));
    expect(path).toBeGreaterThan(-1);
    expect(path).toBeLessThan(lines.findIndex((line) => line.startsWith('*')));
  });

  test('has no % in a job, which cron takes for the end of a line', () => {
    expect(jobs.filter((line) => line.includes('%'))).toEqual([]);
  });
});
