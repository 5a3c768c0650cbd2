/**
 * Every error the tool throws on purpose, classed by what the caller does next.
 * `message` says what happened and to what, `hint` is the next thing to do, `op` is what was under way.
 */

type Details = {
  readonly op: string;
  readonly hint?: string;
  readonly cause?: unknown;
};

/** Base class: `exitCode` is public API (README, "Exit codes"). */
export abstract class EtlError extends Error {
  abstract readonly exitCode: number;
  readonly op: string;
  readonly hint: string | undefined;

  constructor(message: string, details: Details) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.op = details.op;
    this.hint = details.hint;
  }
}

// Fix the configuration, the schema or the call.

/** The command line is wrong. */
export class UsageError extends EtlError {
  override readonly exitCode = 2;
}

/** The configuration, the licence or the database's schema is wrong: nothing will pass until a person mends it. */
export class ConfigError extends EtlError {
  override readonly exitCode = 78;
}

/** The feed refused a query for what it names (400, 403, 404): look at what the licence has before giving up. */
export class QueryRefusedError extends ConfigError {
  readonly status: number;

  constructor(message: string, details: Details & { readonly status: number }) {
    super(message, details);
    this.status = details.status;
  }
}

/** The API or the database refused who we are. */
export class CredentialsError extends EtlError {
  override readonly exitCode = 77;
}

// Try again: now, or after a wait.

/** The request may pass when it is sent again: broken connection, truncated body, 5xx. */
export class RetryableError extends EtlError {
  override readonly exitCode = 69;
  /** What the server asked for with `Retry-After`, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(message: string, details: Details & { readonly retryAfter?: number | undefined }) {
    super(message, details);
    this.retryAfter = details.retryAfter;
  }
}

/** 429: over the quota. Wait for the window, however often. */
export class RateLimitedError extends RetryableError {}

/** Something before the API answered in its place (a CDN, gateway or firewall), with a refusal that is not the API's. */
export class InterceptedError extends RetryableError {
  readonly status: number;

  constructor(
    message: string,
    details: Details & { readonly status: number; readonly retryAfter?: number | undefined },
  ) {
    super(message, details);
    this.status = details.status;
  }
}

/** A deadlock or a lock wait that ran out: the transaction was rolled back and may simply be run again. */
export class TransactionRetryError extends EtlError {
  override readonly exitCode = 69;
}

/** The database refused a statement for what one of its rows holds: the others may be written without it. */
export class RowRefusedError extends EtlError {
  override readonly exitCode = 1;
}

// Give up this run; a later one may pass.

/** The API or the database can't be reached, after retries. */
export class UnavailableError extends EtlError {
  override readonly exitCode = 69;
}

/** Something before the API refused a request on every try: others may pass. */
export class BlockedError extends UnavailableError {}

/** Another run is active, or the quota is spent. */
export class BusyError extends EtlError {
  override readonly exitCode = 75;
}

/** This run lost its right to write: another one has moved the watermark. */
export class FencedError extends EtlError {
  override readonly exitCode = 75;
}

/** SIGINT, SIGTERM or SIGHUP: the page in hand was committed. */
export class InterruptedError extends EtlError {
  override readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}; what was committed stays, the next run goes on from there`, {
      op: 'run',
    });
    this.exitCode = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal as string] ?? 1;
  }
}

// Give up: a person has to look.

/** The feed or the database behaves in a way that can't be worked with. */
export class FatalError extends EtlError {
  override readonly exitCode = 1;
}

/** What the feed shows of one resource can't be believed, and nothing of it was deleted; others may be gone on with. */
export class ImplausibleDataError extends FatalError {}
