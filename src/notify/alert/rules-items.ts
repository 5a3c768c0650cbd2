import type { RunReport } from '../../model/alert.ts';
import type { AlertVerdict } from './verdict.ts';

/** What a person should do about a source of items: a field was renamed, the source is gone or moved. */
export function evaluateItems({ items }: RunReport): AlertVerdict | undefined {
  if (items?.problems === undefined) return undefined;
  const { source, problems } = items;
  const [first] = problems;
  return {
    kind: 'source',
    topic: `source ${source}`,
    isRaised: first !== undefined,
    title: first === undefined ? `${source} has no problem any more` : `${source}: ${first}`,
    text:
      first === undefined
        ? `${source} has no problem any more.`
        : [`${source}:`, ...problems.map((problem) => `- ${problem}`)].join('\n'),
    facts: { source, problems: problems.length },
  };
}
