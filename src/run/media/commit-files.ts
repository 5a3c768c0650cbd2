import { dropBody } from '../../media/fetch/body.ts';
import { saveAddresses, saveMediaFiles } from '../../record/media-file.ts';
import { forgetObjects, recordObjects } from '../../record/media-object.ts';
import { saveRun } from '../../record/run-log.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { saveUsageWithin } from '../metering.ts';
import { addToTally, countPage, toRunState, zeroCounts } from '../tally.ts';
import { decide, type Decision, type FileResult } from './decide.ts';
import { MEDIA_FILE, NEVER, type Pass, type PassCounts } from './pass.ts';
import { removeUnnamed } from './remove-files.ts';
import { addVersions } from './smaller-versions.ts';

/** Files that are written to the store at the same time. */
const PARALLEL_PUTS = 8;

/**
 * Stores fetched files and commits their rows: paths, then files, then one transaction, then the files that they replaced. A kill
 * at any moment leaves at most files that etl_media_object names; see `removeLeftovers`.
 * @param addresses newly signed ones, by media key.
 */
export async function commitFiles(
  pass: Pass,
  results: readonly FileResult[],
  addresses: ReadonlyMap<string, string>,
): Promise<void> {
  const { active } = pass;
  const { tools } = active;
  const now = tools.clock.now();
  const decisions: Decision[] = [];
  for (const result of results)
    decisions.push(await addVersions(pass, result, decide(result, now, active.id), now));
  const paths = decisions.flatMap(({ put }) =>
    put === undefined ? [] : [put.path, ...put.versions.map(({ path }) => path)],
  );
  if (paths.length > 0) {
    await commitFenced(active, MEDIA_FILE, keepWatermark, (session, _, at) =>
      recordObjects(session, paths, 'write', { run: active.id, at }),
    );
    await storeAll(pass, decisions);
  }
  await dropUnused(results, decisions);
  const replaced = decisions.flatMap((decision) => decision.replaced);
  const tally = addToTally(active.tally, MEDIA_FILE.name, toCounts(decisions), results.length === 0 ? 0 : 1);
  const book = await commitFenced(active, MEDIA_FILE, keepWatermark, async (session, _, at) => {
    await saveMediaFiles(
      session,
      decisions.map(({ row }) => row),
    );
    await recordObjects(session, replaced, 'remove', { run: active.id, at });
    await forgetObjects(session, paths);
    await saveAddresses(session, addresses);
    await saveRun(session, active.id, toRunState(tally, tools.source.requests()), tools.clock.now());
    return saveUsageWithin(tools, session);
  });
  tools.meter.markSaved(book);
  active.tally = tally;
  pass.counts = addCounts(pass.counts, decisions);
  await removeUnnamed(pass, replaced);
}

/** Throws after all writes have ended: one that ends after the lock is released would leave a file that no run knows. */
async function storeAll({ media: { store } }: Pass, decisions: readonly Decision[]): Promise<void> {
  const files = decisions.flatMap(({ put }) => put ?? []);
  const next = files.values();
  const errors: unknown[] = [];
  const work = async (): Promise<void> => {
    for (const { path, file, versions } of next) {
      if (errors.length > 0) return;
      for (const each of versions)
        await store.put(each.path, { kind: 'memory', bytes: each.bytes }, each, NEVER);
      await store.put(path, file.body, file, NEVER);
    }
  };
  const workers = Array.from({ length: PARALLEL_PUTS }, work);
  await Promise.all(workers.map((worker) => worker.catch((error: unknown) => void errors.push(error))));
  if (errors.length > 0) throw errors[0];
  await store.flush();
}

/** Bodies of files that turned out to be stored already. */
async function dropUnused(results: readonly FileResult[], decisions: readonly Decision[]): Promise<void> {
  for (const [nth, { outcome }] of results.entries()) {
    if (outcome.kind === 'file' && decisions[nth]!.put === undefined) await dropBody(outcome.file.body);
  }
}

function toCounts(decisions: readonly Decision[]): ReturnType<typeof countPage> {
  const count = (kind: Decision['kind']) => decisions.filter((decision) => decision.kind === kind).length;
  return countPage({
    ...zeroCounts,
    inserted: count('added'),
    updated: count('replaced'),
    unchanged: count('unchanged'),
    rejected: count('failed'),
  });
}

function addCounts(before: PassCounts, decisions: readonly Decision[]): PassCounts {
  const { inserted, updated, unchanged, rejected } = toCounts(decisions);
  return {
    ...before,
    added: before.added + inserted,
    replaced: before.replaced + updated,
    unchanged: before.unchanged + unchanged,
    failed: before.failed + rejected,
    bytes: decisions.reduce((sum, { put }) => sum + (put?.file.size ?? 0), before.bytes),
  };
}
