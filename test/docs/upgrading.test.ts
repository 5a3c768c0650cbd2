import { describe, expect, test } from 'vitest';
import { cli } from '../../src/cli.ts';
import { capturedIo } from '../helpers/io.ts';
import { codes, read, ROOT, section, tableRows } from './documents.ts';

const KINDS = ['command', 'flag', 'setting', 'column', 'view', 'JSON key'];

const renamed = tableRows(section(read('docs/upgrading.md'), '## Renamed')).map(
  ([old = '', current = '', kind = '']) => ({ old: codes(old)[0]!, current: codes(current)[0]!, kind }),
);

/** Whether the command line knows these words: the missing configuration file is complained about only then. */
async function isKnown(words: string): Promise<boolean> {
  const argv = ['node', 'trestle-etl', ...words.split(' '), '--env-file', 'no-such-folder/.env'];
  const code = await cli(argv, capturedIo({ folder: ROOT, env: {} }).io);
  return code === 78;
}

describe('the check itself', () => {
  test.each([
    ['full-load --restart', true],
    ['full-load --no-such-flag', false],
    ['no-such-command', false],
  ])('trestle-etl %s is known: %s', async (words, known) => {
    expect(await isKnown(words)).toBe(known);
  });
});

describe('docs/upgrading.md', () => {
  test('names each old form once, with its kind', () => {
    expect(new Set(renamed.map(({ old }) => old)).size).toBe(renamed.length);
    for (const { old, kind } of renamed) expect(KINDS, old).toContain(kind);
  });

  test('lists flags and commands whose old and new forms the command line accepts', async () => {
    for (const { old, current, kind } of renamed) {
      if (kind !== 'flag' && kind !== 'command') continue;
      expect(await isKnown(old), old).toBe(true);
      expect(await isKnown(current), current).toBe(true);
    }
  });
});
