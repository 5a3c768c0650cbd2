import { describe, expect, test } from 'vitest';
import { checkNode } from '../../../src/commands/doctor/setup.ts';

describe('Node.js', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['22.0.1', 'ok'],
    ['20.18.3', 'fail'],
    ['18.20.4', 'fail'],
  ])('%s is %s', (version, result) => {
    expect(checkNode(version).result).toBe(result);
  });
});
