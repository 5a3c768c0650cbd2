import { type Damage, markDamaged } from '../../record/media-check.ts';
import { type MediaFile, type PendingFile, saveMediaFiles } from '../../record/media-file.ts';
import { forgetObjects, recordObjects } from '../../record/media-object.ts';
import { formatSizes } from '../../record/media-sizes.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { addToTally, countPage, zeroCounts } from '../tally.ts';
import { decide, type SmallerVersion } from './decide.ts';
import { MEDIA_FILE, NEVER, type Pass } from './pass.ts';

/** What becomes of a stored photo after MEDIA_SIZES changed. */
export type VersionsOutcome = { readonly file: PendingFile } & (
  | { readonly kind: 'sized'; readonly sizes: string | null; readonly versions: readonly SmallerVersion[] }
  | { readonly kind: 'corrupt'; readonly message: string }
  | { readonly kind: Damage }
);

/**
 * Stores smaller versions of stored photos and commits their rows: paths, then files, then one transaction. After a kill the next
 * run makes them again, under the same paths. A photo that cannot be decoded has failed; a missing or altered one is pending.
 */
export async function commitVersions(pass: Pass, outcomes: readonly VersionsOutcome[]): Promise<void> {
  const { active, media } = pass;
  const versions = outcomes.flatMap((each) => (each.kind === 'sized' ? each.versions : []));
  const paths = versions.map(({ path }) => path);
  if (paths.length > 0) {
    await commitFenced(active, MEDIA_FILE, keepWatermark, (session, _, at) =>
      recordObjects(session, paths, 'write', { run: active.id, at }),
    );
    for (const each of versions)
      await media.store.put(each.path, { kind: 'memory', bytes: each.bytes }, each, NEVER);
    await media.store.flush();
  }
  const rows = outcomes.flatMap((outcome) => toRow(pass, outcome) ?? []);
  const keysOf = (damage: Damage) =>
    outcomes.filter(({ kind }) => kind === damage).map(({ file }) => file.media_key);
  await commitFenced(active, MEDIA_FILE, keepWatermark, async (session) => {
    await saveMediaFiles(session, rows);
    await markDamaged(session, keysOf('missing'), 'missing', active.id);
    await markDamaged(session, keysOf('altered'), 'altered', active.id);
    await forgetObjects(session, paths);
  });
  const rejected = outcomes.filter(({ kind }) => kind === 'corrupt').length;
  const counts = countPage({ ...zeroCounts, updated: outcomes.length - rejected, rejected });
  active.tally = addToTally(active.tally, MEDIA_FILE.name, counts, 1);
  pass.counts = { ...pass.counts, failed: pass.counts.failed + rejected };
}

/** Undefined: the file is damaged. */
function toRow({ active, media }: Pass, outcome: VersionsOutcome): MediaFile | undefined {
  const { url: _, ...before } = outcome.file;
  const sizedFor = formatSizes(media.settings.sizes);
  if (outcome.kind === 'sized')
    return { ...before, sizes: outcome.sizes, sizes_for: sizedFor, run_id: active.id };
  if (outcome.kind !== 'corrupt') return undefined;
  const refused = { kind: 'refused', reason: 'corrupt', message: outcome.message } as const;
  const { row } = decide({ file: outcome.file, outcome: refused }, active.tools.clock.now(), active.id);
  return { ...row, sizes_for: sizedFor };
}
