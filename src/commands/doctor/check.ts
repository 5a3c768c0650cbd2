import { EtlError } from '../../errors.ts';

/** `skipped`: nothing can be told, as something else is not in order. */
export type Result = 'ok' | 'warn' | 'fail' | 'skipped';

export type Finding = {
  readonly result: Result;
  /** What was found. */
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
};

export type Check = {
  readonly name: string;
  /** Names of checks before this one; it is skipped where one of them has failed. */
  readonly needs: readonly string[];
  run(): Finding | Promise<Finding>;
};

export type Checked = Finding & { readonly name: string };

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

/** Runs the checks one by one, whatever each throws. */
export async function runChecks(checks: readonly Check[]): Promise<Checked[]> {
  const done: Checked[] = [];
  for (const check of checks) {
    const broken = check.needs.find((name) => !isPassed(done, name));
    const finding = broken === undefined ? await tried(check) : skipped(`needs: ${broken}`);
    done.push({ name: check.name, ...finding });
  }
  return done;
}

function isPassed(done: readonly Checked[], name: string): boolean {
  return done.some((check) => check.name === name && (check.result === 'ok' || check.result === 'warn'));
}

async function tried(check: Check): Promise<Finding> {
  try {
    return await check.run();
  } catch (error) {
    return failed(error);
  }
}

/** An error says what happened, and its hint is what to do. */
export function failed(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  return fail(message, error instanceof EtlError ? error.hint : undefined);
}
