import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { trestle } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';

let folder: string;
let commands: string[];
const scripts = new Map<string, string>();

beforeAll(async () => {
  folder = temporaryFolder();
  for (const shell of ['bash', 'zsh', 'fish']) {
    const ended = await trestle(folder, ['completion', shell]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    scripts.set(shell, ended.stdout);
    writeFileSync(join(folder, `completion.${shell}`), ended.stdout);
  }
  for (const name of ['.env', '.env.west', '.env.far-west', '.env.example', '.env.old.1']) {
    writeFileSync(join(folder, name), '');
  }
  const { stdout } = await trestle(folder, ['--help']);
  commands = [...stdout.split('Every day:')[1]!.matchAll(/^ {2}([a-z-]+)/gm)].map((match) => match[1]!);
});

const hasShell = (shell: string): boolean => spawnSync(shell, ['-c', ':']).status === 0;

/** What bash offers when the tab key is pressed behind this line. */
function offered(line: string): string[] {
  const words = line.split(' ').map((word) => `'${word}'`);
  const script = `source completion.bash
    complete -p trestle-etl >/dev/null || exit 9
    COMP_WORDS=(${words.join(' ')}) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    $(complete -p trestle-etl | sed 's/.*-F \\([^ ]*\\).*/\\1/')
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter((word) => word !== '');
}

/** Expects bash to offer every option of a command's help. @returns that help. */
async function offersOptions(...path: string[]): Promise<string> {
  const { stdout } = await trestle(folder, [...path, '--help']);
  const options = [...stdout.split('Options:')[1]!.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)];
  expect(offered(`trestle-etl ${path.join(' ')} --`)).toEqual(
    expect.arrayContaining(options.map((match) => match[1])),
  );
  return stdout;
}

describe('bash', () => {
  test('offers every command', () => {
    expect(offered('trestle-etl ').filter((word) => !word.startsWith('-'))).toEqual(commands);
  });

  test.each([
    ['trestle-etl sy', ['sync']],
    ['trestle-etl --prof', ['--profile']],
    ['trestle-etl --profile ', ['far-west', 'west']],
    ['trestle-etl --profile west rec', ['reconcile']],
    ['trestle-etl sync --profile w', ['west']],
    ['trestle-etl --env-file completion.f', ['completion.fish']],
    ['trestle-etl sync --max', ['--max-pages']],
    ['trestle-etl sync --max-pages ', []],
    ['trestle-etl full-load --strategy ', ['keyset', 'replication']],
    ['trestle-etl full-load --dry-run --st', ['--strategy']],
    ['trestle-etl quarantine ', ['list', 'show', 'replay', 'purge']],
    ['trestle-etl quarantine list --la', ['--last']],
    ['trestle-etl quarantine list --last ', []],
    ['trestle-etl quarantine show --la', []],
    ['trestle-etl --profile west fields ', ['list', 'add', 'drop']],
    ['trestle-etl fields drop --mis', []],
    ['trestle-etl fields list Property --mis', ['--missing']],
    ['trestle-etl fields list --profile w', ['west']],
    ['trestle-etl schema ', ['diff']],
    ['trestle-etl alert t', ['test']],
    ['trestle-etl completion z', ['zsh']],
    ['trestle-etl help doc', ['doctor']],
    ['trestle-etl nonsense ', []],
  ])('offers for %j: %j', (line, words) => {
    const options = /[- ]-\w*$/.test(line);
    expect(offered(line).filter((word) => options || !word.startsWith('-'))).toEqual(words);
  });

  test('offers every option that --help shows, of every command and subcommand', async () => {
    let subcommands = 0;
    for (const command of commands.filter((name) => name !== 'help')) {
      const [, list = ''] = (await offersOptions(command)).split('Commands:');
      for (const [, name] of list.split('\n\n')[0]!.matchAll(/^ {2}([a-z-]+)/gm)) {
        await offersOptions(command, name!);
        subcommands += 1;
      }
    }
    expect(subcommands).toBe(18);
  });
});

describe.each(['zsh', 'fish'])('%s', (shell) => {
  test.runIf(hasShell(shell))('can read its script', () => {
    const check = spawnSync(shell, ['--no-exec', join(folder, `completion.${shell}`)], { encoding: 'utf8' });
    expect(check).toMatchObject({ status: 0, stderr: '' });
  });

  test('is told every command, once, with quotes that are closed', () => {
    const script = scripts.get(shell)!;
    for (const command of commands) {
      const place = shell === 'zsh' ? `    '${command}:` : ` -a ${command} -d `;
      expect(script.split(place)).toHaveLength(2);
    }
    const escapes = shell === 'zsh' ? /'\\''/g : /\\[\\']/g;
    for (const line of script.split('\n')) {
      const quotes = line.replaceAll(escapes, '').split("'").length - 1;
      expect({ line, isEven: quotes % 2 === 0 }).toEqual({ line, isEven: true });
    }
  });

  test('is told the choices of an option and of an argument', () => {
    const script = scripts.get(shell)!;
    expect(script).toContain('keyset replication');
    expect(script).toContain('list show replay purge');
  });

  test('has the options of a subcommand for that one only', () => {
    const lines = scripts.get(shell)!.split('\n');
    expect(lines.filter((line) => / -l missing |'--missing\[/.test(line))).toHaveLength(1);
  });
});

test('another shell is a wrong usage', async () => {
  const ended = await trestle(folder, ['completion', 'tcsh']);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(/bash, zsh, fish/);
});
