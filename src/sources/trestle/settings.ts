import type { ChildStrategy } from '../../model/child-strategy.ts';
import { defineSettings } from '../settings.ts';
import { isAll, problemsOf, SELECTABLE, type TrestleValues, variables } from './variables.ts';

/** What the Trestle feed is configured with; from the variables that docs/configuration.md lists. */
export type TrestleSettings = {
  readonly api: {
    readonly baseUrl: string;
    readonly tokenUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
    /** Records a page. */
    readonly pageSize: number;
    readonly maxRetries: number;
    /** Milliseconds for one exchange. */
    readonly timeout: number;
    /** Milliseconds after which a request is not sent again. */
    readonly deadline: number;
    readonly reservePercent: number;
    /** Milliseconds that a run waits for the quota. */
    readonly maxWait: number;
    readonly prettyEnums: boolean;
  };
  /** Names of the datasets to load. */
  readonly resources: readonly string[];
  readonly keepLookups: boolean;
  /** Timestamp field that listings are ordered by. */
  readonly incrementalField: string;
  /** The user's own OData filters, by dataset. */
  readonly filters: Readonly<Record<string, string | undefined>>;
  /** How records that belong to listings are requested. */
  readonly childStrategy: ChildStrategy;
  /** Fields of listings to request; undefined: all. */
  readonly propertySelect: readonly string[] | undefined;
};

export const trestleSettings = defineSettings({
  variables,
  secrets: ['TRESTLE_CLIENT_SECRET'],
  signs: ['TRESTLE_CLIENT_ID', 'TRESTLE_CLIENT_SECRET'],
  problems: problemsOf,
  build: buildSettings,
});

function buildSettings(values: TrestleValues): TrestleSettings {
  return {
    api: {
      baseUrl: values.TRESTLE_API_BASE_URL,
      tokenUrl: values.TRESTLE_TOKEN_URL ?? tokenUrl(values.TRESTLE_API_BASE_URL),
      clientId: values.TRESTLE_CLIENT_ID,
      clientSecret: values.TRESTLE_CLIENT_SECRET,
      pageSize: values.PAGE_SIZE,
      maxRetries: values.MAX_RETRIES,
      timeout: values.REQUEST_TIMEOUT,
      deadline: values.RETRY_DEADLINE,
      reservePercent: values.QUOTA_RESERVE_PERCENT,
      maxWait: values.QUOTA_MAX_WAIT,
      prettyEnums: values.PRETTY_ENUMS === 'on',
    },
    resources: isAll(values.RESOURCES) ? SELECTABLE : values.RESOURCES,
    keepLookups: values.LOOKUPS === 'on',
    incrementalField: values.INCREMENTAL_FIELD,
    filters: filtersOf(values),
    childStrategy: values.MEDIA_STRATEGY,
    propertySelect: values.PROPERTY_SELECT,
  };
}

/** By the dataset that they narrow: each that is read by its own cursor has one, and so have media. */
function filtersOf(values: TrestleValues): TrestleSettings['filters'] {
  return {
    Property: values.PROPERTY_FILTER,
    Media: values.MEDIA_FILTER,
    OpenHouse: values.OPEN_HOUSE_FILTER,
    PropertyRooms: values.PROPERTY_ROOMS_FILTER,
    PropertyUnitTypes: values.PROPERTY_UNIT_TYPES_FILTER,
    Office: values.OFFICE_FILTER,
    Member: values.MEMBER_FILTER,
    Teams: values.TEAMS_FILTER,
    TeamMembers: values.TEAM_MEMBERS_FILTER,
  };
}

/** `{host}/trestle/odata` → `{host}/trestle/oidc/connect/token` (Trestle's documentation). */
function tokenUrl(baseUrl: string): string {
  return baseUrl.replace(/\/odata$/, '').concat('/oidc/connect/token');
}
