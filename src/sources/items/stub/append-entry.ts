import { parseYaml } from '../../../lib/yaml.ts';

/** The names of the sources in a file; undefined if the file cannot be read as one. */
export function namesIn(text: string): readonly string[] | undefined {
  const sources = sourcesIn(text);
  return sources === undefined ? undefined : Object.keys(sources);
}

/** The spaces before the name of a source in a file. */
export function indentIn(text: string): string {
  return /^sources:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*([ ]+)\S/m.exec(text)?.[1] ?? '  ';
}

/**
 * Adds an entry at the end of a file.
 * @returns undefined unless the file then has this entry beside all that it had, and nothing else changed.
 */
export function appendEntry(text: string, name: string, lines: readonly string[]): string | undefined {
  const before = sourcesIn(text);
  if (before === undefined || Object.hasOwn(before, name)) return undefined;
  const added = `${text}${text.endsWith('\n') ? '' : '\n'}${lines.join('\n')}\n`;
  const { [name]: own, ...others } = sourcesIn(added) ?? {};
  const isKept = own !== undefined && JSON.stringify(others) === JSON.stringify(before);
  return isKept ? added : undefined;
}

function sourcesIn(text: string): Readonly<Record<string, unknown>> | undefined {
  const { value, problems } = parseYaml(text, 'failsafe');
  const sources = (value as { sources?: unknown } | null | undefined)?.sources;
  return problems.length > 0 || typeof sources !== 'object' || sources === null || Array.isArray(sources)
    ? undefined
    : (sources as Readonly<Record<string, unknown>>);
}
