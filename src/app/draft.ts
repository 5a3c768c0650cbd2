import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { composeVariables } from '../config/compose.ts';
import { formatDefault, findProblem } from '../config/variable.ts';
import { formatAssignment, envFilePath, fileExistsError, writeEnvFile } from '../config/env-file.ts';
import type { ConfigLocation } from '../config/location.ts';
import type { Terminal } from '../host/terminal.ts';
import { registry } from '../sources/registry.ts';

/** A configuration file to write, and the terminal to ask the user on. */
export type Draft = {
  /** The path of the new file. */
  readonly path: string;
  readonly profile: string | undefined;
  /** The path of the template. */
  readonly pattern: string;
  readonly terminal: Terminal;
  /** The value if the user gives no answer; empty if there is none. */
  preset(name: string): string;
  /** The problem with an answer; undefined if it is valid. */
  problem(name: string, answer: string): string | undefined;
  write(answers: ReadonlyMap<string, string>): void;
};

/** @throws UsageError if the file already exists. */
export function openDraft(place: ConfigLocation, terminal: Terminal): Draft {
  const path = envFilePath(place);
  if (existsSync(path)) throw fileExistsError(path);
  // Next to src/ in the checkout, and next to dist/ in the package.
  const pattern = fileURLToPath(new URL('../../.env.example', import.meta.url));
  const { variables } = composeVariables(registry);
  return {
    path,
    profile: place.profile,
    pattern,
    terminal,
    preset: (name) => formatDefault(variables, name),
    problem: (name, answer) =>
      findProblem(variables, name, answer) ??
      (formatAssignment(name, answer) === undefined
        ? 'cannot be written to this file: it has every kind of quote'
        : undefined),
    write: (answers) => writeEnvFile(path, readFileSync(pattern, 'utf8'), answers),
  };
}
