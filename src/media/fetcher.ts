import type { KnownState } from '../http/conditional.ts';
import type { QuotaLeft } from '../http/quota-left.ts';
import type { Body, BodyFacts } from './store.ts';

/** Why an answer is no media file. Stored in media_file.reason. */
export type RefusalReason =
  | 'empty' // zero bytes
  | 'cut' // fewer bytes than announced
  | 'length' // more bytes than announced
  | 'too-large' // above MEDIA_MAX_SIZE
  | 'html' // a page instead of a file, with status 200
  | 'type' // neither an image, a video nor a document
  | 'corrupt' // its header or its end is not that of its type
  | 'dimensions' // more pixels than a picture can have
  | 'status' // a status that neither a new address nor a retry changes
  | 'address'; // no usable http or https address

/** A whole file as it was fetched, with what its bytes show. */
export type FetchedFile = BodyFacts & {
  readonly body: Body;
  /** By the bytes, not by the address: `jpg`, `png`, `webp`, `gif`, `avif`, `heic`, `mp4`, `pdf`, … */
  readonly extension: string;
  /** Pixels; undefined if it is no image. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
};

/** The result of one request for a file. */
export type FetchOutcome =
  | { readonly kind: 'file'; readonly file: FetchedFile }
  /** 304: the stored file is current. */
  | { readonly kind: 'unchanged' }
  /** 401, 403, 404 or 410: the address may have expired. A newly signed one shows whether the file exists. */
  | { readonly kind: 'expired'; readonly status: number }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly message: string };

/** Fetches media files: one quota, one set of connections. */
export type MediaFetcher = {
  /**
   * Requests one address. Waits for the media quota; retries what a retry can change. A body that is spooled belongs to the
   * caller, who stores or removes it.
   * @throws UnavailableError after the retries; BusyError if the quota is spent for longer than a run waits; the signal's reason.
   */
  get(
    request: { readonly url: string; readonly known?: KnownState | undefined },
    signal: AbortSignal,
  ): Promise<FetchOutcome>;
  /** Requests sent so far, redirects and retries included. */
  requests(): number;
  /** Failures so far that show a server under load: 429, 408, 5xx, stalled and broken answers. */
  troubles(): number;
  /** What the answers last reported of the media quota. */
  quota(): QuotaLeft | undefined;
};
