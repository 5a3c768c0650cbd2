import { createRequire } from 'node:module';
import type * as yaml from 'yaml';

const require = createRequire(import.meta.url);

export type YamlFile = {
  /** Plain values; undefined if the text is not valid. */
  readonly value: unknown;
  /** Why the text is not valid, each with its line. */
  readonly problems: readonly string[];
  /** The line, from 1, of the value at a path, or of the nearest value around it. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

/**
 * Parses YAML 1.2, of which JSON is a part. Keys must be unique, and aliases may not expand without limit.
 * @param schema `failsafe`: every scalar is the text that was typed, so that 07030, 1.10 and no keep their form.
 */
export function parseYaml(text: string, schema: 'core' | 'failsafe' = 'core'): YamlFile {
  const { LineCounter, parseDocument } = require('yaml') as typeof yaml;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema });
  const all = [...document.errors, ...document.warnings].map(
    (problem) => `line ${lines.linePos(problem.pos[0]).line}: ${describeProblem(problem)}`,
  );
  // Each part of a text without quotes is a problem.
  const problems = [...new Set(all)];
  const startOf = (path: readonly PropertyKey[]): number => {
    const node = document.getIn(path, true) as { range?: readonly number[] } | undefined;
    const start = node?.range?.[0];
    if (start !== undefined) return start;
    return path.length === 0 ? 0 : startOf(path.slice(0, -1));
  };
  return {
    value: problems.length === 0 ? (document.toJS({ maxAliasCount: 100 }) as unknown) : undefined,
    problems,
    lineOf: (path) => lines.linePos(startOf(path)).line,
  };
}

/** Writes plain values as YAML. */
export function formatYaml(value: unknown): string {
  const { stringify } = require('yaml') as typeof yaml;
  return stringify(value, { lineWidth: 0 });
}

function describeProblem({ code, message }: Pick<yaml.YAMLError, 'code' | 'message'>): string {
  return code === 'UNEXPECTED_TOKEN' && /at node end|flow-map-end token/.test(message)
    ? 'there is more after the end of a value: put a text with { } or quotes between quotes, such as "{First Name} {Last Name}"'
    : message;
}
