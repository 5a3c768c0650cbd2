import { ConfigError } from '../../../errors.ts';
import { findExpressionProblem } from '../../../lib/json-path.ts';
import type { ItemBatch, ItemReader, ItemReadOptions } from '../../items.ts';
import type { EntryPlace } from '../../kind.ts';
import { expressionsIn } from './expressions.ts';
import type { ItemMapping } from './settings.ts';

/** Checks the first records of a source, as JSON. @throws ConfigError */
export type NameCheck = (payloads: readonly string[]) => void;

/** A text of a mapping that looks like an expression and is none: it can only be the name of a field. */
type DoubtfulName = { readonly path: readonly string[]; readonly text: string; readonly problem: string };

const MAX_NAMES = 12;

/** Records that are looked at. */
const MAX_RECORDS = 2000;

/**
 * Creates the check that texts which are no JMESPath expressions are names of fields. Only records show it: a field may be called
 * `Cost (USD`.
 */
export function createNameCheck(id: string, mapping: ItemMapping, locate: EntryPlace['locate']): NameCheck {
  const doubtful = listDoubtfulNames(mapping);
  return (payloads) => {
    if (doubtful.length === 0 || payloads.length === 0) return;
    const names = new Set(payloads.flatMap(fieldsIn));
    const wrong = doubtful.filter(({ text }) => !names.has(text));
    if (wrong.length === 0) return;
    const problems = wrong.map(
      ({ path, text, problem }) =>
        `${locate(['item', ...path])}: "${text}" is not a JMESPath expression (${problem}), and no record has a field of this name`,
    );
    const shown = [...names].slice(0, MAX_NAMES).join(', ');
    throw new ConfigError(problems.join('; '), {
      op: 'map records',
      hint: `the records of ${id} have the fields ${shown}${names.size > MAX_NAMES ? ', …' : ''}`,
    });
  };
}

/** A reader that checks the first batch that has records before it passes it on. */
export function withNameCheck(reader: ItemReader, check: NameCheck): ItemReader {
  async function* read(options: ItemReadOptions, signal: AbortSignal): AsyncGenerator<ItemBatch> {
    const { onRecords } = options;
    let isChecked = false;
    const payloads: string[] = [];
    const remember = (records: ItemBatch['records']): void => {
      if (!isChecked && payloads.length < MAX_RECORDS)
        payloads.push(...records.map(({ payload }) => payload));
    };
    const taken = onRecords && {
      onRecords: (records: ItemBatch['records']) => {
        remember(records);
        onRecords(records);
      },
    };
    for await (const batch of reader.read({ ...options, ...taken }, signal)) {
      remember(batch.records);
      if (!isChecked) check(payloads);
      isChecked ||= payloads.length > 0;
      payloads.length = 0;
      yield batch;
    }
  }
  return {
    ...reader,
    ensureMapped: check,
    read,
  };
}

function listDoubtfulNames({ metadata, ...values }: ItemMapping): DoubtfulName[] {
  return [
    ...Object.entries(values).flatMap(([name, value]) => {
      if (typeof value === 'string') return findDoubtful([name], value);
      return value !== undefined && 'from' in value ? findDoubtful([name, 'from'], value.from) : [];
    }),
    ...(Array.isArray(metadata)
      ? metadata.flatMap((text, nth) => findDoubtful(['metadata', String(nth)], text))
      : []),
  ];
}

function findDoubtful(path: readonly string[], value: string): DoubtfulName[] {
  return expressionsIn(value).flatMap((text) => {
    const problem = findExpressionProblem(text);
    return problem === undefined ? [] : [{ path, text, problem }];
  });
}

function fieldsIn(payload: string): string[] {
  const record = JSON.parse(payload) as unknown;
  return typeof record === 'object' && record !== null ? Object.keys(record) : [];
}
