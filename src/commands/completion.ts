import { bash } from './completion/bash.ts';
import { fish } from './completion/fish.ts';
import type { Words } from './completion/words.ts';
import { zsh } from './completion/zsh.ts';

const SHELLS = { bash, zsh, fish };

export const shells = ['bash', 'zsh', 'fish'] as const;

/** Prints what a shell reads to complete the command line, made from the command line itself. */
export function completionCommand(
  shell: (typeof shells)[number],
  words: Words,
  say: (text: string) => void,
): void {
  say(SHELLS[shell](words));
}
