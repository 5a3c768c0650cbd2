import type { Validators } from './validators.ts';

export type DownloadRequest = {
  readonly url: string;
  /** The path of the whole file. Only one process at a time may download it: the run's lock ensures that. */
  readonly file: string;
  /** Credentials and the user's own headers; no other origin receives them. */
  readonly ownHeaders?: Readonly<Record<string, string>> | undefined;
  /** The file's SHA-256, in hexadecimal, if it is known. */
  readonly sha256?: string | undefined;
  /** The state of the last release: nothing is fetched if the server still has it. */
  readonly known?: Validators | undefined;
  /** Its name in logs, usage and progress. */
  readonly label: string;
};

export type DownloadResult =
  | { readonly kind: 'unchanged' }
  /** 404, or 410: it will not return. */
  | { readonly kind: 'absent'; readonly isGone: boolean }
  | {
      readonly kind: 'fetched';
      readonly bytes: number;
      readonly sha256: string;
      readonly validators: Validators;
      /** The file was already whole on disk: no body was fetched. */
      readonly wasWhole: boolean;
    };
