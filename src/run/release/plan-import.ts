import type { Import } from '../../record/import.ts';
import type { Publication, ReleaseReader } from '../../sources/release.ts';
import { type ReleasePlan, planRelease } from './compose.ts';

/** What an import would do. */
export type ImportPlan =
  | { readonly kind: 'absent'; readonly years: readonly number[] }
  | {
      readonly kind: 'present';
      readonly found: Extract<Publication, { kind: 'present' }>;
      readonly plan: ReleasePlan;
    };

type Asked = {
  readonly published: Import | undefined;
  /** Loads everything, even if nothing changed. */
  readonly always: boolean;
};

/** Asks the publisher what changed since the published release, without downloading it: one request for each archive. */
export async function planImport(
  reader: ReleaseReader,
  { published, always }: Asked,
  signal: AbortSignal,
): Promise<ImportPlan> {
  const known = !always && published?.shape === reader.shape ? published.archives : [];
  const found = await reader.fetch({ known, always, from: undefined, looksOnly: true }, signal);
  if (found.kind === 'absent') return found;
  return { kind: 'present', found, plan: planRelease(reader, found, always ? undefined : published) };
}
