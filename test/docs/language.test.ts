import { describe, expect, test } from 'vitest';
import { documents, read } from './documents.ts';

/** Old or roundabout words, each with a shorter or more literal one: if, when, reports, is in, again, its own, continues … */
const AVOIDED =
  /\b(?:tells?|told|says?|said|stands?|anew|as far as|of (?:its|their|your) own|go(?:es)? on|all the same|mend\w*|whatever|whoever|thereby|till|somebody|nobody)\b/gi;

/** Most uses of "where" in a thousand words: it is for places, not for conditions. */
const MAX_WHERE = 2;

/** The sentences of a document, without code. */
function prose(path: string): string {
  return read(path)
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, 'code');
}

describe.each([...documents(), '.env.example', 'crontab.example'])('%s', (path) => {
  test('is in plain English', () => {
    expect(prose(path).match(AVOIDED) ?? []).toEqual([]);
  });

  test('uses "where" for places only', () => {
    const words = prose(path).split(/\s+/).length;
    const uses = prose(path).match(/\bwhere\b/gi)?.length ?? 0;
    expect(uses).toBeLessThanOrEqual(Math.ceil((words / 1000) * MAX_WHERE));
  });
});
