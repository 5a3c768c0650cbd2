import { createRequire } from 'node:module';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { requireWithout } from '../../src/lib/require-without.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';

const require = createRequire(import.meta.url);

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

test('a package gets something instead of another, which everyone else still gets', () => {
  const folder = temporaryFolder();
  const other = join(folder, 'node_modules/other/index.js');
  write(other, "module.exports = 'itself';");
  write(join(folder, 'main.js'), "module.exports = require('other');");
  expect(requireWithout(join(folder, 'main.js'), { other: 'instead' })).toBe('instead');
  expect(require(other)).toBe('itself');
});

test('a package that is loaded already stays, and one that fails leaves nothing behind', () => {
  const folder = temporaryFolder();
  const other = join(folder, 'node_modules/other/index.js');
  write(other, "module.exports = 'itself';");
  write(join(folder, 'broken.js'), "throw new Error('broken');");
  expect(() => requireWithout(join(folder, 'broken.js'), { other: 'instead' })).toThrow('broken');
  expect(require(other)).toBe('itself');
  write(join(folder, 'main.js'), "module.exports = require('other');");
  expect(requireWithout(join(folder, 'main.js'), { other: 'instead' })).toBe('itself');
});
