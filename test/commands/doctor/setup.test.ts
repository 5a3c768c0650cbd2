import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkNode, OLDEST_NODE } from '../../../src/commands/doctor/setup.ts';

describe('Node', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['22.0.1', 'ok'],
    ['20.18.3', 'fail'],
    ['18.20.4', 'fail'],
  ])('%s is %s', (version, result) => {
    expect(checkNode(version).result).toBe(result);
  });

  test('is asked for as in package.json', () => {
    const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
    expect((JSON.parse(text) as { engines: { node: string } }).engines.node).toBe(`>=${OLDEST_NODE}`);
  });
});
