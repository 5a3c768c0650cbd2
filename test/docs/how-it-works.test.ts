import { expect, test } from 'vitest';
import { read, section } from './documents.ts';

test('docs/how-it-works.md explains a run in ten numbered steps', () => {
  const steps = section(read('docs/how-it-works.md'), '## One run in ten steps').match(/^\d+(?=\. )/gm);
  expect(steps).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
});
