import type { QuotaRules } from './api-rules.ts';
import type { TokenOptions } from './token.ts';

/** How the files are fetched that the records of an API name by their addresses. */
export type FileAccess = {
  /** The API's origin: the only one that receives its token. */
  readonly origin: string;
  /** Requests carry no token unless this is set. */
  readonly signIn?: Omit<TokenOptions, 'clock' | 'log'> | undefined;
  /** Files have a quota of their own. */
  readonly quota: {
    readonly rules: QuotaRules;
    /** Where it is stored between runs. */
    readonly file: string;
    readonly reservePercent: number;
    /** The longest wait, in milliseconds. */
    readonly maxWait: number;
  };
  /** Milliseconds without a byte after which a request has failed. */
  readonly timeout: number;
  readonly maxRetries: number;
  /** Milliseconds after which a failed request is not retried. */
  readonly deadline: number;
  /** What to check if no answer arrives. */
  readonly hint: string;
};
