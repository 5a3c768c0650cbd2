import type { Dataset } from '../dataset/dataset.ts';
import { EtlError } from '../errors.ts';
import type { ProxySettings } from '../http/proxy.ts';
import type { Clock } from '../model/clock.ts';
import type { Coverage } from './coverage.ts';
import type { Source } from './source.ts';

/** `skipped`: unknown, because something else failed. */
export type Result = 'ok' | 'warn' | 'fail' | 'skipped';

export type Finding = {
  readonly result: Result;
  /** What was found. */
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
};

/** One line of `doctor`. */
export type Check = {
  readonly name: string;
  /** Names of earlier checks, such as `configuration`; if one of them failed, this one is skipped. */
  readonly needs: readonly string[];
  run(): Finding | Promise<Finding>;
};

/** What the checks of a source work with. */
export type CheckTools<Settings> = {
  readonly settings: Settings;
  /** Opened for a person who waits, with batches of one record if it can limit them. */
  readonly source: Source;
  /** A dataset as a run would read it now. */
  readonly cover: (dataset: Dataset) => Promise<Coverage>;
  readonly proxies: ProxySettings;
  readonly clock: Clock;
  /** Percentage of the quota below which what is left deserves a warning. */
  readonly quotaPercent: number;
};

export function ok(what: string): Finding {
  return { result: 'ok', what };
}

export function warn(what: string, advice: string): Finding {
  return { result: 'warn', what, advice };
}

export function fail(what: string, advice: string | undefined): Finding {
  return { result: 'fail', what, advice };
}

export function skipped(what: string): Finding {
  return { result: 'skipped', what };
}

/** The message of an error, and its hint as the advice. */
export function failed(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  return fail(message, error instanceof EtlError ? error.hint : undefined);
}
