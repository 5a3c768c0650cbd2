import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documents, read, ROOT } from './documents.ts';

/** Pages of GitHub itself, relative to the repository: CI runs, security advisories. */
const ON_GITHUB = /^(?:\.\.\/)+(?:actions|security)\//;

/** A heading's anchor, as GitHub makes it. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .trim()
    .replaceAll(' ', '-');
}

describe('links', () => {
  const found = documents().flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !/^[a-z]+:/.test(link) && !ON_GITHUB.test(link))
      .map((link) => ({ path, link })),
  );

  test('exist', () => {
    expect(found.length).toBeGreaterThan(50);
  });

  test.each(found)('$link in $path leads to a file and a heading', ({ path, link }) => {
    const [file = '', name] = link.split('#');
    const target = file === '' ? path : join(dirname(path), file);
    expect(existsSync(join(ROOT, target))).toBe(true);
    if (name === undefined) return;
    const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map((match) => anchor(match[1]!));
    expect(headings).toContain(name);
  });
});

describe('every document', () => {
  test.each([...documents(), '.env.example', 'crontab.example'])(
    '%s has no machine path and no registry address',
    (path) => {
      expect(read(path)).not.toMatch(/\/work\/|\/tmp\/|registry\.npmjs|\/root\//);
    },
  );
});
