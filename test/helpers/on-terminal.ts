import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { atTestEnd } from './clean-up.ts';
import { type Ended, tool } from './cli.ts';

/** util-linux has it: it starts a program on a terminal of its own. */
export const hasTerminals = spawnSync('script', ['--version']).status === 0;

const children: ChildProcess[] = [];
atTestEnd(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const nothing = (): void => undefined;

export type Session = {
  /** Waits for this on the screen, then types. */
  answer(question: RegExp, typed: string): Promise<void>;
  screen(): string;
  /** Closes the terminal, as a person closes a window. */
  close(): void;
  readonly ended: Promise<Ended>;
};

/** Starts the tool on a terminal; it ends with the test. @param wrap adds to the shell's command. */
export function onTerminal(
  folder: string,
  args: readonly string[],
  wrap: (line: string) => string = (line) => line,
): Session {
  const line = tool(...args)
    .map((word) => `'${word}'`)
    .join(' ');
  const child = spawn('script', ['-qefc', wrap(line), '/dev/null'], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: folder, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.push(child);
  let screen = '';
  let seen = 0;
  let look = nothing;
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    look();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout: screen, stderr: '' }));
  });
  return {
    ended,
    screen: () => screen,
    close: () => child.kill('SIGKILL'),
    answer: (question, typed) =>
      new Promise((resolve, reject) => {
        look = () => {
          const match = question.exec(screen.slice(seen));
          if (match === null) return;
          seen += match.index + match[0].length;
          look = nothing;
          child.stdin.write(typed);
          resolve();
        };
        void ended.then(() => reject(new Error(`ended without ${question.source}: ${screen}`)));
        look();
      }),
  };
}
