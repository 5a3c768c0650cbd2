import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Every document for users and contributors, by its path. */
export function documents(): string[] {
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const atRoot = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'];
  return [...atRoot, ...pages.map((name) => `docs/${name}`)];
}

/** The documents that have a table row for this name, once for each row. */
export function documentsWithRow(name: string): string[] {
  return documents().flatMap((path) =>
    tableRows(read(path))
      .filter(([first]) => first === `\`${name}\``)
      .map(() => path),
  );
}

/** The text below a heading, to the next one of its level or above. */
export function section(text: string, heading: string): string {
  const lines = text.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`there is no heading "${heading}"`);
  const level = heading.indexOf(' ');
  const end = lines.findIndex(
    (line, index) => index > start && /^#+ /.test(line) && line.indexOf(' ') <= level,
  );
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
}

/** The rows of the tables in a text, without headers and separators. */
export function tableRows(text: string): string[][] {
  const lines = text.split('\n');
  return lines
    .filter((line, index) => line.startsWith('|') && !/^[|\s:-]+$/.test(line) && !isHead(lines, index))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split(/ \| /)
        .map((cell) => cell.trim()),
    );
}

function isHead(lines: readonly string[], index: number): boolean {
  return /^\|[|\s:-]+$/.test(lines[index + 1] ?? '');
}

/** The texts between back-ticks. */
export function codes(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
}
