import { type Check, failed, type Finding, skipped } from '../../sources/check.ts';

export type Checked = Finding & { readonly name: string };

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
