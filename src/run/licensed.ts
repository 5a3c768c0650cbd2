import { ConfigError, QueryRefusedError } from '../errors.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { assumeFullCoverage, type Coverage, formatMissing } from '../sources/coverage.ts';
import type { ActiveRun } from './active-run.ts';
import { commitFenced, getWatermark } from './fence.ts';
import { type SchemaKnowledge, getSchema, fetchSchema } from './schema.ts';
import { zeroCounts, addToTally } from './tally.ts';
import { parentLink, photoFields, selectOf } from '../dataset/reading.ts';

type LicensedResult<T> = { readonly value: T } | { readonly refusal: string; readonly error?: Error };

/**
 * Loads each dataset, limited to the fields that the licence covers. Unlicensed fields are not requested; an unlicensed
 * dataset is skipped along with its children. Both are logged and recorded in the run's row.
 * @param datasets parents before their children.
 * @returns the results of `work` for the licensed datasets.
 * @throws ConfigError if listings are not licensed, or no dataset is; every error of `work`.
 */
export async function forEachLicensed<T>(
  active: ActiveRun,
  datasets: readonly Dataset[],
  work: (dataset: Dataset) => Promise<T>,
): Promise<T[]> {
  const skipped = new Map<string, string>();
  const values: T[] = [];
  let knowledge = await getSchema(active);
  const refetchSchema = async (): Promise<SchemaKnowledge> =>
    (knowledge = await fetchSchema(active, knowledge.newest));
  for (const dataset of datasets) {
    const parent = parentLink(dataset)?.parent ?? '';
    const taken = skipped.has(parent)
      ? { refusal: `its parent ${parent} is not licensed` }
      : await tryOne(active, dataset, knowledge, refetchSchema, work);
    if ('value' in taken) values.push(taken.value);
    else {
      skipped.set(dataset.name, taken.refusal);
      await skipDataset(active, dataset, taken.refusal);
      if (isRequired(active, dataset)) throw unlicensedError(dataset.name, taken);
    }
  }
  const [first] = skipped;
  if (values.length > 0 || first === undefined) return values;
  throw unlicensedError([...skipped.keys()].join(', '), { refusal: first[1] });
}

async function tryOne<T>(
  active: ActiveRun,
  dataset: Dataset,
  knowledge: SchemaKnowledge,
  refetchSchema: () => Promise<SchemaKnowledge>,
  work: (dataset: Dataset) => Promise<T>,
): Promise<LicensedResult<T>> {
  const licensed = findCoverage(active, knowledge, dataset);
  if (licensed.unavailable !== undefined && !isRequired(active, dataset))
    return { refusal: licensed.unavailable };
  reportLeftOut(active, licensed);
  try {
    return { value: await work(licensed.dataset) };
  } catch (error) {
    if (!(error instanceof QueryRefusedError)) throw error;
    if (error.status === 403 || error.status === 404) {
      if ((active.tally[dataset.name]?.pages ?? 0) > 0) throw error;
      return { refusal: error.message, error };
    }
    // The schema may have changed since it was read, or was never read.
    if (knowledge.isFresh) throw error;
    const now = findCoverage(active, await refetchSchema(), dataset);
    if (now.unavailable !== undefined) return { refusal: now.unavailable, error };
    if (requestOf(licensed.dataset) === requestOf(now.dataset)) throw error;
    reportLeftOut(active, now);
    return { value: await work(now.dataset) };
  }
}

function findCoverage({ tools }: ActiveRun, { newest }: SchemaKnowledge, dataset: Dataset): Coverage {
  const { schema } = tools.source;
  return newest === undefined || schema === undefined
    ? assumeFullCoverage(dataset)
    : schema.cover(dataset, newest.schema);
}

function isRequired({ tools }: ActiveRun, { name }: Dataset): boolean {
  return tools.source.schema?.required.has(name) === true;
}

/** The part of a request that depends on the licence, to compare two datasets. */
function requestOf(dataset: Dataset): string {
  return JSON.stringify([selectOf(dataset), photoFields(dataset)]);
}

function reportLeftOut(
  active: ActiveRun,
  { dataset: resource, omittedFields: leftOut, unknownFields: unknown, nearestFields: nearest }: Coverage,
): void {
  const { log, progress } = active.tools;
  if (unknown.length > 0) {
    log.main.warn(
      { resource: resource.name, unknown, nearest },
      'the feed does not have the fields of these columns',
    );
    progress.report(
      `${resource.name}: the feed's $metadata has no ${formatMissing(unknown, nearest)}, so these columns may stay NULL; trestle-etl fields list shows the fields it has`,
    );
  }
  if (leftOut.length === 0) return;
  active.tally = addToTally(active.tally, resource.name, zeroCounts, 0, { leftOut });
  log.main.warn({ resource: resource.name, leftOut, nearest }, 'not licensed, left out');
  progress.report(`${resource.name}: not licensed, left out: ${formatMissing(leftOut, nearest)}`);
}

/** Records the skip. A skipped dataset counts as completed; otherwise the next full-load would resume with it alone. */
async function skipDataset(active: ActiveRun, dataset: Dataset, refusal: string): Promise<void> {
  const { options, tools } = active;
  const { completeAt, cursor } = await getWatermark(active, dataset);
  const isLost = completeAt !== undefined || cursor !== undefined;
  // A server may echo the token, and the run's row does not pass through the log's redaction.
  const skipped = `${isLost ? 'no longer licensed' : 'not licensed'}: ${tools.clean(refusal)}`;
  const more = isLost ? ({ skipped, isLost } as const) : { skipped };
  active.tally = addToTally(active.tally, dataset.name, zeroCounts, 0, more);
  const message = isLost ? 'skipped: was loaded before, is refused now' : 'skipped: not licensed';
  tools.log.main.warn({ resource: dataset.name, refusal }, message);
  tools.progress.report(`${dataset.name}: skipped, ${skipped}`);
  if (options.mode !== 'full-load' || options.dryRun) return;
  await commitFenced(
    active,
    dataset,
    (watermark) => ({ ...watermark, load: undefined }),
    async () => undefined,
  );
}

function unlicensedError(names: string, { refusal, error }: { refusal: string; error?: Error }): Error {
  return (
    error ??
    new ConfigError(`cannot read ${names}: ${refusal}`, {
      op: 'check the licence',
      hint: 'the licence may lack it: see RESOURCES, and trestle-etl fields list',
    })
  );
}
