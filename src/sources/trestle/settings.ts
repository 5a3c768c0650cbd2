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
  readonly keepPayload: boolean;
  /** Whether any field that cannot be stored exactly costs the record. */
  readonly isStrict: boolean;
  /** The user's own OData filters, by dataset. */
  readonly filters: Readonly<Record<string, string | undefined>>;
  /** Fields of listings to request; undefined: all. */
  readonly propertySelect: readonly string[] | undefined;
};
