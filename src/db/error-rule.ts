import type { ErrorCode, EtlError } from '../errors.ts';

type RuleDetails = {
  readonly op: string;
  readonly cause: unknown;
  readonly code?: ErrorCode;
  readonly hint?: string;
};

/** Maps an error of the server or the driver to one of ours. */
export type ErrorRule = {
  /** The server's error numbers; undefined: only `pattern` is matched. */
  readonly errnos?: readonly number[];
  /** Must match the code or the message as well. */
  readonly pattern?: RegExp;
  readonly Kind: new (message: string, details: RuleDetails) => EtlError;
  /** Precedes the server's own message. */
  readonly prefix: string;
  readonly code?: ErrorCode;
  readonly hint?: string;
};
