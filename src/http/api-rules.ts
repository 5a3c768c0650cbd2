import type { ReadQuota } from './quota.ts';
import type { Answer } from './send.ts';

/** What differs between APIs. Each hint names the settings of the source that sends the request, and what to do. */
export type ApiRules = {
  /** Whether the API itself refused the request, rather than a CDN, gateway or firewall in front of it. */
  readonly isOwnRefusal: (answer: Answer) => boolean;
  /** The API's own error text as `: text`; empty if there is none. */
  readonly errorText: (answer: Answer) => string;
  readonly hints: {
    /** No complete answer arrived. */
    readonly unreachable: string;
    /** 401 */
    readonly unauthorized: string;
    /** A server in front of the API refused. */
    readonly intercepted: string;
    /** A redirect. */
    readonly moved: string;
    /** The API's own 403 or 404. */
    readonly forbidden: string;
    /** Any other refusal of the query. */
    readonly refused: string;
  };
};

/** How an API signs clients in: OAuth 2.0 client credentials (RFC 6749, 4.4). */
export type SignInRules = {
  /** Empty: none is requested. */
  readonly scope: string;
  /** `header`: id and secret are sent as basic authentication (RFC 6749, 2.3.1); in the body unless set. */
  readonly send?: 'body' | 'header';
  readonly hints: {
    /** The token endpoint refused the credentials. */
    readonly credentials: string;
    /** The API refused a new token. */
    readonly token: string;
    /** A server in front of the token endpoint refused. */
    readonly intercepted: string;
    /** The address is not a token endpoint. */
    readonly endpoint: string;
  };
};

export type QuotaRules = {
  readonly read: ReadQuota;
  /** For a wait that is too long. */
  readonly hint: string;
};
