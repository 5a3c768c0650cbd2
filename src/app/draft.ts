import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { composeVariables } from '../config/compose.ts';
import { presetOf, problemWith } from '../config/variable.ts';
import { assignment, fileOf, isThereAlready, writeEnvFile } from '../config/env-file.ts';
import type { Place } from '../config/place.ts';
import type { Terminal } from '../host/terminal.ts';
import { registry } from '../sources/registry.ts';

/** A configuration that is to be written, and whom to ask. */
export type Draft = {
  /** Where it will be. */
  readonly path: string;
  readonly profile: string | undefined;
  /** The file that it is made from. */
  readonly pattern: string;
  readonly terminal: Terminal;
  /** What holds where nothing is answered; empty where nothing does. */
  preset(name: string): string;
  /** What is wrong with an answer. */
  problem(name: string, answer: string): string | undefined;
  write(answers: ReadonlyMap<string, string>): void;
};

/** @throws UsageError where the file is there already. */
export function openDraft(place: Place, terminal: Terminal): Draft {
  const path = fileOf(place);
  if (existsSync(path)) throw isThereAlready(path);
  // Beside src/ in the checkout, and beside dist/ in the package.
  const pattern = fileURLToPath(new URL('../../.env.example', import.meta.url));
  const { variables } = composeVariables(registry);
  return {
    path,
    profile: place.profile,
    pattern,
    terminal,
    preset: (name) => presetOf(variables, name),
    problem: (name, answer) =>
      problemWith(variables, name, answer) ??
      (assignment(name, answer) === undefined
        ? "can't stand in this file: it has every kind of quote"
        : undefined),
    write: (answers) => writeEnvFile(path, readFileSync(pattern, 'utf8'), answers),
  };
}
