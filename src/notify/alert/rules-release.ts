import type { RunReport } from '../../model/alert.ts';
import type { AlertVerdict } from './verdict.ts';

/** A refused release stays refused while later runs succeed: they do not load it again. */
export function evaluateRelease({ release }: RunReport): AlertVerdict | undefined {
  if (release === undefined) return undefined;
  const { source, refused } = release;
  const isRaised = refused !== undefined;
  const summary = isRaised
    ? `release ${refused.id} of ${source} was refused: ${refused.message}`
    : `${source} has no refused release`;
  return {
    kind: 'release',
    topic: `release ${source}`,
    isRaised,
    title: summary,
    text: isRaised
      ? `${summary}. The release before it stays published, and runs wait until the publisher changes it.\n` +
        `Look at: trestle-etl releases ${source}`
      : `${summary}.`,
    facts: { source, release: refused?.id ?? null, year: release.year ?? null },
  };
}

/** Districts publish a year in spring: from July on, the last year's release is too old. */
export function evaluateTaxYear({ release }: RunReport): AlertVerdict | undefined {
  if (release?.year === undefined) return undefined;
  const { source, year, expectedYear } = release;
  const isRaised = year < expectedYear;
  const summary = `the newest tax year of ${source} is ${year}`;
  return {
    kind: 'release',
    topic: `tax year ${source}`,
    isRaised,
    title: isRaised ? `${summary}, and ${expectedYear} should be published` : summary,
    text: isRaised
      ? `${summary}, although ${expectedYear} should be published.\nCheck year of ${source} in sources.yaml. ` +
        `Look at: trestle-etl plan --source ${source}`
      : `${summary}.`,
    facts: { source, release: null, year },
  };
}
