/** The settings of `serve`. */
export type ServeSettings = {
  /** The address or name to listen on. Lower case, without brackets. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Each caller's key, and its name for the log. */
  readonly keys: readonly { readonly name: string; readonly key: string }[];
  /** Host names, beside those of this machine, under which `serve` is called. Lower case; an IPv6 address has brackets. */
  readonly names: readonly string[];
  /** Origins of web pages whose scripts may read answers: `https://www.example.com`. */
  readonly origins: readonly string[];
  /** Addresses or networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Requests a minute of one key, or of one address without a key. */
  readonly rateLimit: number;
  /** Whether listings are served to others, which a licence must allow. */
  readonly hasListings: boolean;
  /** Columns of listings that are served in addition to the public ones. */
  readonly listingColumns: readonly string[];
  /** The text that the licence requires beside listings. */
  readonly disclaimer: string | undefined;
};
