import { type Check, failed, type Finding, skipped } from '../../sources/check.ts';

export type CheckResult = Finding & { readonly name: string };

/** Runs the checks one after another; an error fails only the check that throws it. */
export async function runChecks(checks: readonly Check[]): Promise<CheckResult[]> {
  const done: CheckResult[] = [];
  for (const check of checks) {
    const broken = check.needs.find((name) => !hasPassed(done, name));
    const finding = broken === undefined ? await tryCheck(check) : skipped(`needs: ${broken}`);
    done.push({ name: check.name, ...finding });
  }
  return done;
}

function hasPassed(done: readonly CheckResult[], name: string): boolean {
  return done.some((check) => check.name === name && (check.result === 'ok' || check.result === 'warn'));
}

async function tryCheck(check: Check): Promise<Finding> {
  try {
    return await check.run();
  } catch (error) {
    return failed(error);
  }
}
