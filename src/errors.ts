/**
 * Every error that the tool throws on purpose, classed by what the caller does next.
 * `message` reports what failed, `hint` names the next thing to do, `op` names the operation. `code` names the reason if
 * code has to tell it apart from others of the same class: messages are for people and may change.
 */

export type ErrorCode =
  /** The host's name has no address. */
  | 'unknown-host'
  /** The connection failed or broke, or no whole answer arrived in time. */
  | 'no-connection'
  /** No trusted TLS connection could be made. */
  | 'tls-failed'
  /** A proxy cannot be used, or refused the connection. */
  | 'proxy-failed'
  /** The body is larger than its limit. */
  | 'too-large'
  /** The quota of a minute is spent. */
  | 'minute-quota'
  | 'hour-quota'
  /** The server answers, but no longer has a file that it had (404). */
  | 'no-file'
  /** The database server takes no writes. */
  | 'read-only';

type ErrorDetails = {
  readonly op: string;
  readonly code?: ErrorCode | undefined;
  readonly hint?: string;
  readonly cause?: unknown;
};

/** Base class: `exitCode` is public API (README, "Exit codes"). */
export abstract class EtlError extends Error {
  abstract readonly exitCode: number;
  readonly op: string;
  readonly code: ErrorCode | undefined;
  readonly hint: string | undefined;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.op = details.op;
    this.code = details.code;
    this.hint = details.hint;
  }
}

// The user has to fix the configuration, the schema or the call.

/** The command line is wrong. */
export class UsageError extends EtlError {
  override readonly exitCode = 2;
}

/** The configuration, the licence or the database's schema is wrong. Every run fails until the user fixes it. */
export class ConfigError extends EtlError {
  override readonly exitCode = 78;
}

/** The feed refused a query because of its content (400, 403, 404). Check what the licence covers before giving up. */
export class QueryRefusedError extends ConfigError {
  readonly status: number;

  constructor(message: string, details: ErrorDetails & { readonly status: number }) {
    super(message, details);
    this.status = details.status;
  }
}

/** The API or the database rejected our credentials. */
export class CredentialsError extends EtlError {
  override readonly exitCode = 77;
}

// Retry: now, or after a wait.

/** The request may succeed on a retry: broken connection, truncated body, 5xx. */
export class RetryableError extends EtlError {
  override readonly exitCode = 69;
  /** The server's `Retry-After`, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(message: string, details: ErrorDetails & { readonly retryAfter?: number | undefined }) {
    super(message, details);
    this.retryAfter = details.retryAfter;
  }
}

/** 429: over the quota. Wait until the window ends; the number of retries is not limited. */
export class RateLimitedError extends RetryableError {}

/** A CDN, gateway or firewall in front of the API refused the request; the API did not see it. */
export class InterceptedError extends RetryableError {
  readonly status: number;

  constructor(
    message: string,
    details: ErrorDetails & { readonly status: number; readonly retryAfter?: number | undefined },
  ) {
    super(message, details);
    this.status = details.status;
  }
}

/** A deadlock or a lock wait timeout. The transaction was rolled back and can be run again. */
export class TransactionRetryError extends EtlError {
  override readonly exitCode = 69;
}

/** The database refused a statement because of a value in one of its rows. The other rows can be written without it. */
export class RowRefusedError extends EtlError {
  override readonly exitCode = 1;
}

// Give up this run; a later one may succeed.

/** The API or the database cannot be reached, after retries. */
export class UnavailableError extends EtlError {
  override readonly exitCode = 69;
}

/** A CDN, gateway or firewall refused a request on every try. Other requests may succeed. */
export class BlockedError extends UnavailableError {}

/** Another run is active, or the quota is spent. */
export class BusyError extends EtlError {
  override readonly exitCode = 75;
}

/** This run lost its right to write: another run has moved the watermark. */
export class FencedError extends EtlError {
  override readonly exitCode = 75;
}

/** SIGINT, SIGTERM or SIGHUP. The current page was committed. */
export class InterruptedError extends EtlError {
  override readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}; committed data is kept, and the next run resumes from there`, {
      op: 'run',
    });
    this.exitCode = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal as string] ?? 1;
  }
}

// Give up: the user has to investigate.

/** The feed or the database behaves in a way that the tool cannot handle. */
export class FatalError extends EtlError {
  override readonly exitCode = 1;
}

/** The feed's data for this resource is implausible. Nothing was deleted; other resources can continue. */
export class ImplausibleDataError extends FatalError {}

/**
 * A file is cut off, or its checksum differs. Fetch it once more; if the same file is damaged again, it is damaged at its
 * publisher.
 */
export class DamagedFileError extends FatalError {}

/** Several sources failed, each for its own reason. The exit code is that of the first one, which is the cause. */
export class SourcesFailedError extends EtlError {
  override readonly exitCode: number;

  constructor(message: string, details: ErrorDetails & { readonly exitCode: number }) {
    super(message, details);
    this.exitCode = details.exitCode;
  }
}
