import type { DownloadResult } from '../../http/download/index.ts';

/** What identifies one state of an answer. Sent back exactly as received (RFC 9110, 8.8). */
export type AnswerState = { readonly etag?: string; readonly lastModified?: string };

/** What a server answered. */
export type Fetched = (
  | {
      readonly kind: 'body';
      readonly body: Buffer;
      /** `content-type`, or an empty text. */
      readonly contentType: string;
      /** The value of `link`, or an empty text (RFC 8288). */
      readonly link: string;
      /** 204: there is no content. */
      readonly isEmpty?: boolean;
    }
  /** 304 */
  | { readonly kind: 'unchanged' }
  /** 410 */
  | { readonly kind: 'gone' }
) & {
  /** The address that answered, after redirects. */
  readonly url: string;
  readonly state: AnswerState;
  /** The target of a permanent redirect (301, 308) from the first address on. */
  readonly movedTo: string | undefined;
};

export type GetOptions = {
  /** The media types that are accepted. */
  readonly accept: string;
  /** Limit of the decompressed body. */
  readonly maxBytes: number;
  /** The state that is stored: nothing is sent if it is unchanged. */
  readonly known?: AnswerState | undefined;
};

/** Sends the requests of one source, with its headers and credentials, which no other origin receives. */
export type Requester = {
  /** @throws EtlError after its retries, also for 404. */
  get(url: string, options: GetOptions, signal: AbortSignal): Promise<Fetched>;
  /** Downloads a large file to this machine, resumed if an earlier download was interrupted. */
  download(
    url: string,
    file: string,
    known: AnswerState | undefined,
    signal: AbortSignal,
  ): Promise<DownloadResult>;
  /** The host and a hash of the credentials: what shares failures. */
  readonly server: string;
  requests(): number;
};
