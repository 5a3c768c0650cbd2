import type { Context } from '../../app/context.ts';
import { formatTable } from '../../lib/table.ts';
import { ACTIONS, describeIssue } from '../shared/field-issue.ts';
import { countIssuesByField, listFieldIssues } from '../../record/field-issue.ts';

/**
 * `quarantine list --fields`: counts stored records whose columns differ from what was sent, by field, then lists the
 * newest.
 */
export async function listFields(
  { database }: Pick<Context, 'database'>,
  flags: { readonly last: number; readonly json?: boolean },
  print: (text: string) => void,
): Promise<void> {
  const counts = await countIssuesByField(database);
  const issues = await listFieldIssues(database, flags.last);
  if (flags.json === true) return print(JSON.stringify({ counts, issues }, null, 2));
  if (counts.length === 0) return print('every column holds exactly what the feed sent');
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
  return print(
    [
      ...formatTable([['dataset', 'field', 'column', 'records'], ...summary], new Set([3])),
      '',
      ...formatTable([['dataset', 'key', 'field', 'last seen (UTC)', 'problem'], ...newest]),
    ].join('\n'),
  );
}
