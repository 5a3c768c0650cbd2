import type { Context } from '../app/context.ts';
import { table } from '../lib/table.ts';
import type { FieldIssue } from '../model/field-issue.ts';
import { countByField, listFieldIssues } from '../record/field-issue.ts';

/** What the column of a field with an issue holds. */
const ACTIONS: Readonly<Record<FieldIssue['action'], string>> = {
  rounded: 'rounded',
  cut: 'cut',
  replaced: 'half characters replaced',
  null: 'stored as NULL',
};

/**
 * `quarantine list --fields`: how many stored records have a field that does not hold exactly what was sent, by field,
 * then the last ones seen.
 */
export async function listFields(
  { database }: Pick<Context, 'database'>,
  flags: { readonly last: number; readonly json?: boolean },
  say: (text: string) => void,
): Promise<void> {
  const counts = await countByField(database);
  const issues = await listFieldIssues(database, flags.last);
  if (flags.json === true) return say(JSON.stringify({ counts, issues }, null, 2));
  if (counts.length === 0) return say('every column holds exactly what the feed sent');
  const summary = counts.map(({ dataset, field, action, records }) => [
    dataset,
    field,
    ACTIONS[action],
    records.toLocaleString('en'),
  ]);
  const newest = issues.map((issue) => [
    issue.dataset,
    issue.key,
    issue.field,
    issue.lastSeen.slice(0, 19),
    describeIssue(issue).slice(0, 120),
  ]);
  return say(
    [
      ...table([['dataset', 'field', 'column', 'records'], ...summary], new Set([3])),
      '',
      ...table([['dataset', 'key', 'field', 'last seen (UTC)', 'what is wrong'], ...newest]),
    ].join('\n'),
  );
}

/** `has 80 characters, its column 64 (cut): Vista del …` */
export function describeIssue({ rule, action, value }: FieldIssue): string {
  return `${rule} (${ACTIONS[action]}): ${value}`;
}
