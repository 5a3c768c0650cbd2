import type { Screen } from '../commands/status.ts';
import { isRead } from './output.ts';

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Cron mails whatever a job prints: a successful run prints to people only. */
export function printOnTerminal(text: string): void {
  if (process.stdout.isTTY) print(text);
}

/** For the end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  trestle-etl ${line}`).join('\n')}`;
}

/** The terminal, for what is shown again and again. */
export function screen(say = print): Screen {
  return {
    say,
    clear: () => {
      // To the upper left corner, and wipe what is below.
      if (process.stdout.isTTY) process.stdout.write('\u001B[H\u001B[J');
    },
    isSeen: isRead,
    isColored: process.stdout.isTTY && process.stdout.hasColors(),
  };
}
