import type { Context } from '../../../app/context.ts';
import { FatalError } from '../../../errors.ts';
import { requireCapability } from '../../../sources/source.ts';
import type { Print } from '../../shared/tool.ts';
import { addBatch, EMPTY_PREVIEW, type Preview } from './collect.ts';
import { formatPreview, type Tested } from './format.ts';

const MAX_BATCHES = 2;

/**
 * Reads the first two batches of a source, and shows what they become. Does not use the database.
 * @throws FatalError if no record can be an item; the error of the reader, after what was read until then is shown.
 */
export async function testSource(context: Context, name: string, print: Print): Promise<void> {
  const { source, signal, clean } = context.sourceNamed(name, true).tools;
  const reader = await requireCapability(source, 'items', 'sources test').load();
  const tested = { source: name, type: reader.type, fields: reader.mapper.fields, advice: reader.advice };
  let preview = EMPTY_PREVIEW;
  try {
    const options = { checkpoint: undefined, always: true, maxBatches: MAX_BATCHES };
    for await (const batch of reader.read(options, signal)) preview = addBatch(preview, batch);
  } catch (error) {
    if (preview.records > 0) print(clean(formatPreview(tested, preview)));
    throw error;
  }
  print(clean(formatPreview(tested, preview)));
  if (preview.items === 0) throw createRefusal(tested, preview);
}

function createRefusal({ source: name, type }: Tested, { records, errors, outcome }: Preview): FatalError {
  const [reason, hint] =
    records > 0
      ? [
          `none of ${records} records can be an item: ${[...errors.keys()].join('; ')}`,
          `correct item of ${name} in sources.yaml: the records above show its fields`,
        ]
      : outcome === undefined || outcome === 'read'
        ? ['the source has no records', EMPTY_HINTS[type]]
        : EMPTY_REASONS[outcome];
  return new FatalError(`${name}: ${reason}`, { op: 'sources test', hint });
}

const EMPTY_HINTS: Readonly<Record<Tested['type'], string>> = {
  api: 'check url, query and records in sources.yaml',
  csv: 'look at the file: has it lines below its header? Then check skip_lines in sources.yaml',
  rss: 'open the address in a browser: has the feed any entries?',
};

const EMPTY_REASONS: Readonly<Record<'unchanged' | 'gone' | 'waiting', readonly [string, string]>> = {
  unchanged: ['the source answered that it is unchanged', 'try again'],
  gone: ['the source is gone', 'remove it from sources.yaml, or correct its address'],
  waiting: [
    'there is no complete file yet',
    'a file must be unchanged for ten seconds; check path in sources.yaml',
  ],
};
