import type { FollowedAnswer } from './follow.ts';
import { isAlwaysExpired, readFreshness } from './freshness.ts';

/** What identifies one state of an answer. Sent back exactly as received (RFC 9110, 8.8). */
export type KnownState = { readonly etag?: string; readonly lastModified?: string };

/** What a server answered: 304 and 410 are values. */
export type ConditionalAnswer = (
  | {
      readonly kind: 'body';
      readonly body: Buffer;
      /** `content-type`, or an empty text. */
      readonly contentType: string;
      /** The value of `link`, or an empty text (RFC 8288). */
      readonly link: string;
      /** 204: there is no content, and no media type. */
      readonly isEmpty?: boolean;
    }
  /** 304 */
  | { readonly kind: 'unchanged' }
  /** 410 */
  | { readonly kind: 'gone' }
) & {
  /** The address that answered, after redirects. */
  readonly url: string;
  readonly state: KnownState;
  /** The target of a permanent redirect (301, 308) from the first address on. */
  readonly movedTo: string | undefined;
  /** Milliseconds for which the answer stays fresh; unset: the server does not say. */
  readonly freshFor?: number;
  /** `Expires: 0`: its validators show nothing. */
  readonly isAlwaysExpired?: boolean;
};

/** Headers that ask for an answer only if it is not in this state. Both are sent: a server uses the one that it knows. */
export function conditionsFor(known: KnownState | undefined): Record<string, string> {
  return {
    ...(known?.etag === undefined ? {} : { 'If-None-Match': known.etag }),
    ...(known?.lastModified === undefined ? {} : { 'If-Modified-Since': known.lastModified }),
  };
}

/** Returns the value of a 200, 203, 204, an expected 304, or a 410; undefined for any other status. */
export function readConditional(
  answer: FollowedAnswer,
  known: KnownState | undefined,
): ConditionalAnswer | undefined {
  const { status, headers, body, url, movedTo } = answer;
  const { etag, 'last-modified': lastModified } = headers;
  const state: KnownState = {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
  const freshFor = readFreshness(headers);
  const common = {
    url,
    movedTo,
    state,
    ...(freshFor === undefined ? {} : { freshFor }),
    ...(isAlwaysExpired(headers) ? { isAlwaysExpired: true } : {}),
  };
  if (status === 200 || status === 203 || status === 204) {
    const { 'content-type': contentType = '', link = '' } = headers;
    const isEmpty = status === 204;
    return { ...common, kind: 'body', body, contentType, link, ...(isEmpty ? { isEmpty } : {}) };
  }
  // A 304 may have new validators: those that it omits stay as they are.
  if (status === 304 && Object.keys(conditionsFor(known)).length > 0) {
    return { ...common, kind: 'unchanged', state: { ...known, ...state } };
  }
  return status === 410 ? { ...common, kind: 'gone' } : undefined;
}
