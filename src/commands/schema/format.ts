import { formatTable } from '../../lib/table.ts';
import {
  countChanges,
  formatChangeCounts,
  type FieldChange,
  type SchemaDiff,
} from '../../dataset/schema-diff.ts';

export type ShownDiff = SchemaDiff & {
  readonly from: VersionInfo;
  readonly to: VersionInfo;
  /** The changed fields that are requested or have a column. */
  readonly used: readonly string[];
};

type VersionInfo = { readonly seenAt: string; readonly namespace: string };

const SIGNS: Readonly<Record<FieldChange['kind'], string>> = {
  added: '+',
  removed: '−',
  type: '~',
  grown: '~',
  shrunk: '~',
};

const WORDS: Readonly<Record<FieldChange['kind'], string>> = {
  added: '',
  removed: '',
  type: 'type changed',
  grown: 'grown',
  shrunk: 'shrunk',
};

/** Formats a change for people, with a line for each set and field; times are UTC. */
export function formatDiff({ from, to, used, ...diff }: ShownDiff): string {
  const isUsed = new Set(used);
  const rows = [
    ...diff.setsAdded.map((set) => ['+', set, 'the whole set', '']),
    ...diff.setsRemoved.map((set) => ['−', set, 'the whole set', isUsed.has(set) ? 'in use' : '']),
    ...diff.fields.map(({ set, field, kind, before, after }) => {
      const name = `${set}.${field}`;
      const types = [before, after].filter((type) => type !== null).join(' → ');
      const words = [WORDS[kind], isUsed.has(name) ? 'in use' : ''].filter((word) => word !== '');
      return [SIGNS[kind], name, types, words.join(', ')];
    }),
  ];
  const renamed = `the schema was renamed from ${from.namespace} to ${to.namespace}`;
  return [
    `the feed's schema of ${formatDay(to)} compared with that of ${formatDay(from)} UTC: ${formatChangeCounts(countChanges(diff))}`,
    ...(from.namespace === to.namespace ? [] : [renamed]),
    ...formatTable(rows, new Set()),
  ].join('\n');
}

function formatDay({ seenAt }: VersionInfo): string {
  return seenAt.slice(0, 16).replace('T', ' ');
}
