import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/registry.ts';
import { moveSubcommandFirst } from '../../src/cli/subcommand.ts';

const moved = (line: string): string => moveSubcommandFirst(line.split(' '), COMMANDS).join(' ');

describe('the subcommand goes directly behind its command', () => {
  test.each([
    ['fields --json list', 'fields list --json'],
    ['fields --as text add Property X', 'fields add --as text Property X'],
    ['quarantine --last 3 list', 'quarantine list --last 3'],
    ['--profile west fields --json list', '--profile west fields list --json'],
    ['fields --profile west --used list Property', 'fields list --profile west --used Property'],
  ])('%s', (line, expected) => {
    expect(moved(line)).toBe(expected);
  });
});

describe('a command alone, or with flags only, is its fallback', () => {
  test.each([
    ['fields', 'fields list'],
    ['fields --missing', 'fields list --missing'],
    ['fields --resource list', 'fields list --resource list'],
    ['--env-file fields fields --json', '--env-file fields fields list --json'],
    ['schema --since 2026-03-19', 'schema diff --since 2026-03-19'],
  ])('%s', (line, expected) => {
    expect(moved(line)).toBe(expected);
  });
});

test.each([
  'sync --since 2026-03-19',
  'status',
  'fields list list',
  'fields add Property list',
  'fields ad Property',
  'fields --help',
  'fields -h list',
  'quarantine',
  'quarantine --all',
  'help fields',
  '--version',
  'frobnicate list',
])('%s stays as it is', (line) => {
  expect(moved(line)).toBe(line);
});
