import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CheckResult } from '../../src/commands/doctor/run-checks.ts';
import { type Ended, startBy, tool, trestle } from './cli.ts';

export type Report = Ended & { readonly ok: boolean; readonly checks: readonly CheckResult[] };

/** What doctor finds in a folder. */
export async function doctor(folder: string, env?: Record<string, string>): Promise<Report> {
  return reported(await trestle(folder, ['doctor', '--json'], env));
}

/** The same, as another user or started by another program. */
export async function doctorBy(
  folder: string,
  { uid, by = [] }: { readonly uid?: number; readonly by?: readonly string[] },
): Promise<Report> {
  return reported(await startBy(folder, [...by, ...tool('doctor', '--json')], {}, uid).ended);
}

export function reported(ended: Ended): Report {
  return { ...ended, ...(JSON.parse(ended.stdout) as Pick<Report, 'ok' | 'checks'>) };
}

export function found(report: Report, name: string): CheckResult {
  const check = report.checks.find((each) => each.name === name);
  if (check === undefined) throw new Error(`no check ${name}: ${report.stdout}`);
  return check;
}

/** Only this has failed: exit code 1, and one line on stderr that names it. */
export function expectOnly(report: Report, name: string, what: RegExp, advice: RegExp): CheckResult {
  const failed = report.checks.filter(({ result }) => result === 'fail');
  expect(failed).toEqual([expect.objectContaining({ name })]);
  expect(failed[0]!.what).toMatch(what);
  expect(failed[0]!.advice).toMatch(advice);
  expect(report).toMatchObject({ code: 1, ok: false });
  expect(report.stderr).toBe(`trestle-etl: doctor found 1 problem(s): ${name} — the advice is below each\n`);
  return failed[0]!;
}

export function expectMended(report: Report, name: string): void {
  expect(report).toMatchObject({ code: 0, ok: true, stderr: '' });
  expect(found(report, name)).toMatchObject({ result: expect.stringMatching(/ok|warn/) });
}

/** Replaces or adds lines of `.env`. */
export function set(folder: string, values: Readonly<Record<string, string>>): void {
  const file = join(folder, '.env');
  for (const [name, value] of Object.entries(values)) {
    const others = readFileSync(file, 'utf8').replaceAll(new RegExp(`^${name}=.*\n`, 'gm'), '');
    writeFileSync(file, `${others}${name}="${value}"\n`);
  }
}
