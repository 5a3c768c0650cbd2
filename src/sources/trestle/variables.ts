import {
  duration,
  names,
  oneOf,
  required,
  secureUrl,
  type Values,
  type Variables,
  whole,
} from '../../lib/variable-types.ts';
import { resources } from './datasets/index.ts';

/** The variables that configure the feed: what each takes, and its default. */
export const variables = {
  TRESTLE_CLIENT_ID: required,
  TRESTLE_CLIENT_SECRET: required,
  TRESTLE_API_BASE_URL: secureUrl.default('https://api.cotality.com/trestle/odata'),
  TRESTLE_TOKEN_URL: secureUrl.optional(),
  RESOURCES: names.default(['Property', 'Media']),
  LOOKUPS: oneOf('on', 'off').default('off'),
  PRETTY_ENUMS: oneOf('on', 'off').default('off'),
  PAGE_SIZE: whole(1, 1000).default(1000),
  MEDIA_STRATEGY: oneOf('auto', 'resource', 'expand').default('auto'),
  MAX_RETRIES: whole(0, 20).default(5),
  REQUEST_TIMEOUT: duration
    .refine((ms) => ms >= 100 && ms <= 3_600_000, 'must be from 100ms to 1h')
    .default(120_000),
  RETRY_DEADLINE: duration.default(600_000),
  INCREMENTAL_FIELD: required.default('ModificationTimestamp'),
  PROPERTY_FILTER: required.optional(),
  MEDIA_FILTER: required.optional(),
  OPEN_HOUSE_FILTER: required.optional(),
  PROPERTY_ROOMS_FILTER: required.optional(),
  PROPERTY_UNIT_TYPES_FILTER: required.optional(),
  OFFICE_FILTER: required.optional(),
  MEMBER_FILTER: required.optional(),
  TEAMS_FILTER: required.optional(),
  TEAM_MEMBERS_FILTER: required.optional(),
  PROPERTY_SELECT: names.optional(),
  QUOTA_RESERVE_PERCENT: whole(0, 90).default(10),
  QUOTA_MAX_WAIT: duration.default(3_900_000),
} as const satisfies Variables;

export type TrestleValues = Values<typeof variables>;

/** Enabled by LOOKUPS=on, not by RESOURCES. */
export const LOOKUP = 'Lookup';
export const LISTINGS = 'Property';

/** What RESOURCES may name. */
export const SELECTABLE = resources.map(({ name }) => name).filter((name) => name !== LOOKUP);

/** What INCREMENTAL_FIELD may name. */
const CURSORS = (resources.find(({ name }) => name === LISTINGS)?.fields ?? [])
  .filter(({ type }) => type.kind === 'timestamp')
  .map(({ name }) => name);

/** What is wrong with values that are valid on their own. */
export function problemsOf(values: Partial<TrestleValues>): readonly string[] {
  return [...resourceProblems(values.RESOURCES), ...cursorProblems(values.INCREMENTAL_FIELD)];
}

function resourceProblems(named: readonly string[] = []): string[] {
  const strange = isAll(named) ? [] : named.filter((name) => !SELECTABLE.includes(name));
  if (strange.includes('all')) return [`RESOURCES is "${named.join(',')}": all must stand alone`];
  if (strange.length === 0) return [];
  return [`RESOURCES names ${strange.join(', ')}: must be of ${SELECTABLE.join(', ')}; or all`];
}

function cursorProblems(field: string | undefined): string[] {
  if (field === undefined || CURSORS.includes(field)) return [];
  return [`INCREMENTAL_FIELD is "${field}": must be of ${CURSORS.join(', ')}`];
}

/** `all` alone stands for every dataset. */
export function isAll(named: readonly string[]): boolean {
  return named.length === 1 && named[0] === 'all';
}
