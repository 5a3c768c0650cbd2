import type { ConditionalAnswer, KnownState } from '../../http/conditional.ts';
import type { DownloadResult } from '../../http/download/index.ts';

export type { ConditionalAnswer as Fetched, KnownState as AnswerState };

export type GetOptions = {
  /** The media types that are accepted. */
  readonly accept: string;
  /** Limit of the decompressed body. */
  readonly maxBytes: number;
  /** The state that is stored: nothing is sent if it is unchanged. */
  readonly known?: KnownState | undefined;
};

/** Sends the requests of one source, with its headers and credentials, which no other origin receives. */
export type Requester = {
  /** @throws EtlError after its retries, also for 404. */
  get(url: string, options: GetOptions, signal: AbortSignal): Promise<ConditionalAnswer>;
  /** Downloads a large file to this machine, resumed if an earlier download was interrupted. */
  download(
    url: string,
    file: string,
    known: KnownState | undefined,
    signal: AbortSignal,
  ): Promise<DownloadResult>;
  /** The host and a hash of the credentials: what shares failures. */
  readonly server: string;
  requests(): number;
};
