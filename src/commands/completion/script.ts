import { bash } from './bash.ts';
import { fish } from './fish.ts';
import type { Words } from './words.ts';
import { zsh } from './zsh.ts';

const SCRIPTS = { bash, zsh, fish };

/** What a shell reads to complete the command line, made from the command line itself. */
export function generateScript(shell: keyof typeof SCRIPTS, words: Words): string {
  return SCRIPTS[shell](words);
}
