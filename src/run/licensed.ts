import { ConfigError, QueryRefusedError } from '../errors.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { assumeFullCoverage, type Coverage } from '../sources/coverage.ts';
import type { Active } from './active.ts';
import { fenced, watermarkOf } from './fence.ts';
import { type Knowledge, knowSchema, learnSchema } from './schema.ts';
import { nothing, tallied } from './tally.ts';
import { parentLink, photoFields, selectOf } from '../dataset/reading.ts';

type Taken<T> = { readonly value: T } | { readonly refusal: string; readonly error?: Error };

/**
 * Takes each resource as far as the licence has it: what it lacks is not asked for, and a resource that it lacks as a whole
 * is skipped with those that belong to it. Both are said, and stand in the run's row.
 * @param resources parents before their children.
 * @returns what `take` gave, of those that were taken.
 * @throws ConfigError where listings are not licensed, or nothing is; whatever `take` throws.
 */
export async function eachLicensed<T>(
  active: Active,
  resources: readonly Dataset[],
  take: (resource: Dataset) => Promise<T>,
): Promise<T[]> {
  const skipped = new Map<string, string>();
  const values: T[] = [];
  let knowledge = await knowSchema(active);
  const learn = async (): Promise<Knowledge> => (knowledge = await learnSchema(active, knowledge.newest));
  for (const resource of resources) {
    const parent = parentLink(resource)?.parent ?? '';
    const taken = skipped.has(parent)
      ? { refusal: `${parent} is not, to which it belongs` }
      : await takeOne(active, resource, knowledge, learn, take);
    if ('value' in taken) values.push(taken.value);
    else {
      skipped.set(resource.name, taken.refusal);
      await skip(active, resource, taken.refusal);
      if (isRequired(active, resource)) throw unlicensed(resource.name, taken);
    }
  }
  const [first] = skipped;
  if (values.length > 0 || first === undefined) return values;
  throw unlicensed([...skipped.keys()].join(', '), { refusal: first[1] });
}

async function takeOne<T>(
  active: Active,
  resource: Dataset,
  knowledge: Knowledge,
  learn: () => Promise<Knowledge>,
  take: (resource: Dataset) => Promise<T>,
): Promise<Taken<T>> {
  const licensed = coverageOf(active, knowledge, resource);
  if (licensed.unavailable !== undefined && !isRequired(active, resource))
    return { refusal: licensed.unavailable };
  sayLeftOut(active, licensed);
  try {
    return { value: await take(licensed.dataset) };
  } catch (error) {
    if (!(error instanceof QueryRefusedError)) throw error;
    if (error.status === 403 || error.status === 404) {
      if ((active.tally[resource.name]?.pages ?? 0) > 0) throw error;
      return { refusal: error.message, error };
    }
    // What vanished since the schema was read, or it was never read.
    if (knowledge.isFresh) throw error;
    const now = coverageOf(active, await learn(), resource);
    if (now.unavailable !== undefined) return { refusal: now.unavailable, error };
    if (askedOf(licensed.dataset) === askedOf(now.dataset)) throw error;
    sayLeftOut(active, now);
    return { value: await take(now.dataset) };
  }
}

function coverageOf({ tools }: Active, { newest }: Knowledge, resource: Dataset): Coverage {
  const { schema } = tools.source;
  return newest === undefined || schema === undefined
    ? assumeFullCoverage(resource)
    : schema.cover(resource, newest.schema);
}

function isRequired({ tools }: Active, { name }: Dataset): boolean {
  return tools.source.schema?.required.has(name) === true;
}

/** What depends on the licence of what it asks for. */
function askedOf(resource: Dataset): string {
  return JSON.stringify([selectOf(resource), photoFields(resource)]);
}

function sayLeftOut(
  active: Active,
  { dataset: resource, omittedFields: leftOut, unknownFields: unknown }: Coverage,
): void {
  const { log, progress } = active.tools;
  if (unknown.length > 0) {
    log.main.warn({ resource: resource.name, unknown }, 'columns of fields that the feed does not know');
    progress.say(
      `${resource.name}: the feed's $metadata has no ${unknown.join(', ')}, so the columns may stay NULL; trestle-etl fields list shows what it has`,
    );
  }
  if (leftOut.length === 0) return;
  active.tally = tallied(active.tally, resource.name, nothing, 0, { leftOut });
  log.main.warn({ resource: resource.name, leftOut }, 'not licensed, and left out');
  progress.say(`${resource.name}: not licensed, and left out: ${leftOut.join(', ')}`);
}

/** A full-load is through with it: else the next one would go on with it alone. */
async function skip(active: Active, resource: Dataset, refusal: string): Promise<void> {
  const { options, tools } = active;
  const { completeAt, cursor } = await watermarkOf(active, resource);
  const isLost = completeAt !== undefined || cursor !== undefined;
  // A server may hand back the token; the run's row is written past the log.
  const skipped = `not licensed${isLost ? ' any more' : ''}: ${tools.clean(refusal)}`;
  const more = isLost ? ({ skipped, isLost } as const) : { skipped };
  active.tally = tallied(active.tally, resource.name, nothing, 0, more);
  const message = isLost ? 'was loaded before, is refused now, and was skipped' : 'not licensed, and skipped';
  tools.log.main.warn({ resource: resource.name, refusal }, message);
  tools.progress.say(`${resource.name}: skipped, ${skipped}`);
  if (options.mode !== 'full-load' || options.dryRun) return;
  await fenced(
    active,
    resource,
    (watermark) => ({ ...watermark, load: undefined }),
    async () => undefined,
  );
}

function unlicensed(names: string, { refusal, error }: { refusal: string; error?: Error }): Error {
  return (
    error ??
    new ConfigError(`${names} can't be read: ${refusal}`, {
      op: 'look at the licence',
      hint: 'the licence may lack it: see RESOURCES, and trestle-etl fields list',
    })
  );
}
