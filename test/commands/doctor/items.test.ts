import { expect, test } from 'vitest';
import { checkItems, checkState, describeBatch } from '../../../src/commands/doctor/items.ts';
import type { ItemBatch } from '../../../src/sources/items.ts';

const HOUR = 3_600_000;

const batch: ItemBatch = {
  records: [],
  checkpoint: { kind: 'page', value: null, position: null, validators: {} },
  place: 'page 1: 0 records',
  warnings: [],
};
const broken = {
  key: 'a',
  item: undefined,
  error: 'title is missing',
  notes: [],
  missing: [],
  payload: '',
  place: '',
};

test('items: nothing loaded, unmapped records, too old', () => {
  const found = { items: 1200, unmapped: 0, age: HOUR };
  expect(checkItems('news', { ...found, age: undefined }, 2 * HOUR)).toMatchObject({ result: 'warn' });
  expect(checkItems('news', found, 2 * HOUR)).toEqual({
    result: 'ok',
    what: '1,200 items, last read 1 h 0 min ago',
  });
  expect(checkItems('news', { ...found, unmapped: 3 }, 2 * HOUR)).toMatchObject({
    result: 'warn',
    advice: 'trestle-etl quarantine list --source news',
  });
  expect(checkItems('news', { ...found, unmapped: 3 }, HOUR - 1)).toMatchObject({ result: 'fail' });
});

test('state: the first note, and the others as advice', () => {
  expect(checkState('news', undefined)).toMatchObject({ result: 'ok' });
  expect(checkState('news', { state: 'ok', until: undefined, notes: [] })).toMatchObject({ result: 'ok' });
  expect(
    checkState('news', { state: 'failing', until: undefined, notes: ['1 failed run in a row', '401'] }),
  ).toEqual({
    result: 'warn',
    what: '1 failed run in a row',
    advice: '401\ntrestle-etl sync news tries again',
  });
});

test('address: what the answer means', () => {
  const ended = (outcome: 'read' | 'unchanged' | 'gone' | 'waiting') => ({
    ...batch,
    end: { outcome, isWhole: false },
  });
  expect(describeBatch('news', batch)).toEqual({ result: 'ok', what: 'answers: page 1: 0 records' });
  expect(describeBatch('news', ended('unchanged'))).toMatchObject({ result: 'ok' });
  expect(describeBatch('news', ended('gone'))).toMatchObject({ result: 'fail' });
  expect(describeBatch('news', ended('waiting'))).toMatchObject({ result: 'warn' });
  expect(describeBatch('news', { ...batch, warnings: ['it moved'] })).toMatchObject({
    result: 'warn',
    what: 'it moved',
  });
  expect(describeBatch('news', { ...batch, records: [broken] })).toMatchObject({
    result: 'fail',
    what: 'none of the first 1 records can be an item: title is missing',
  });
});
