import { generateBash } from './bash.ts';
import { generateFish } from './fish.ts';
import type { CompletionWords } from './words.ts';
import { generateZsh } from './zsh.ts';

const GENERATORS = { bash: generateBash, zsh: generateZsh, fish: generateFish };

/** Generates the script that a shell reads to complete the command line. */
export function generateScript(shell: keyof typeof GENERATORS, words: CompletionWords): string {
  return GENERATORS[shell](words);
}
