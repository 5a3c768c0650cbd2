import type { Overview } from '../../report/overview.ts';
import { isStaleItem, type StaleLimits } from '../../report/stale-items.ts';
import { findRhythm } from './find-rhythm.ts';
import { firstLine, formatAgo, roundDuration } from './format.ts';
import type { State } from './state.ts';

/** Decides the state of everything. @param limits when the feed and the sources are stale. */
export function assessState(overview: Overview, limits: StaleLimits, now: number): State {
  if (!overview.hasTables) {
    return {
      level: 'new',
      name: 'empty',
      sentence: 'No tables yet',
      notes: ['The first load creates them.'],
      command: 'trestle-etl full-load',
    };
  }
  const troubled = listTroubled(overview, limits, now);
  if (overview.feed === null) return assessSources(overview, troubled);
  const state = assessFeed(overview, limits.maxAge, now);
  if (troubled.length === 0) return state;
  const notes = [...state.notes, describeTroubled(troubled)];
  return state.level === 'ok'
    ? { ...state, level: 'warn', name: 'a source fails', notes }
    : { ...state, notes };
}

function assessFeed(overview: Overview, maxAge: number, now: number): State {
  const { status, feed, syncStarts } = overview;
  const runs = status.runs.filter(({ source }) => source === feed);
  if (status.ageSeconds === null) return assessFirstLoad(runs);
  const age = status.ageSeconds * 1000 + Math.max(0, now - Date.parse(status.at));
  const inStep = `In step ${formatAgo(age)}`;
  const last = runs.find((run) => run.status !== 'running' && run.status !== 'skipped');
  const notes = last?.status === 'failed' ? [describeFailedRun(last)] : [];
  if (age > maxAge) {
    return {
      level: 'bad',
      name: 'stale',
      sentence: `Stale: in step ${formatAgo(age)}, at most ${roundDuration(maxAge)} is allowed`,
      notes,
      command: 'trestle-etl doctor',
    };
  }
  if (last?.status === 'failed') {
    return {
      level: 'warn',
      name: 'run failed',
      sentence: `${inStep}; the last run failed`,
      notes,
      command: 'trestle-etl doctor',
    };
  }
  const late = findRhythm(syncStarts, now)?.late ?? 0;
  if (late > 0 && runs[0]?.status !== 'running') {
    return {
      level: 'warn',
      name: 'late',
      sentence: `${inStep}; the next sync is ${roundDuration(late)} late`,
      notes,
      command: 'trestle-etl doctor',
    };
  }
  return { level: 'ok', name: 'in step', sentence: inStep, notes };
}

type Run = Overview['status']['runs'][number];

function assessFirstLoad(runs: readonly Run[]): State {
  if (runs[0]?.status === 'running') {
    return { level: 'new', name: 'first load', sentence: 'The first load is in progress', notes: [] };
  }
  const last = runs.find((run) => run.status !== 'skipped');
  if (last === undefined) {
    return {
      level: 'new',
      name: 'empty',
      sentence: 'Nothing is loaded yet',
      notes: ['No run has started.'],
      command: 'trestle-etl full-load',
    };
  }
  return {
    level: 'warn',
    name: 'not complete',
    sentence: 'The first load is not complete',
    notes: last.status === 'failed' ? [describeFailedRun(last)] : [],
    command: 'trestle-etl full-load',
  };
}

function describeFailedRun({ id, mode, error_message: message }: Run): string {
  return `Run ${id} (${mode}) failed${message === null ? '.' : `: ${firstLine(message)}`}`;
}

function assessSources({ sources }: Overview, troubled: readonly Troubled[]): State {
  if (troubled.length > 0) {
    return {
      level: troubled.length === sources.length ? 'bad' : 'warn',
      name: 'a source fails',
      sentence:
        sources.length === 1 ? 'The source has a problem' : describeNumber(troubled.length, sources.length),
      notes: [describeTroubled(troubled)],
      command: 'trestle-etl sources',
    };
  }
  if (sources.every(({ state }) => state === 'new')) {
    return {
      level: 'new',
      name: 'empty',
      sentence: 'Nothing is loaded yet',
      notes: ['No run has started.'],
      command: 'trestle-etl sync',
    };
  }
  const loaded = sources.filter(({ state }) => state !== 'new').length;
  if (loaded < sources.length) {
    return {
      level: 'new',
      name: 'not complete',
      sentence: `${loaded} of ${sources.length} sources ${loaded === 1 ? 'is' : 'are'} loaded`,
      notes: [],
      command: 'trestle-etl sync',
    };
  }
  return {
    level: 'ok',
    name: 'in step',
    sentence: sources.length === 1 ? 'The source is in step' : `All ${sources.length} sources are in step`,
    notes: [],
  };
}

function describeNumber(troubled: number, all: number): string {
  return `${troubled} of ${all} sources ${troubled === 1 ? 'has' : 'have'} a problem`;
}

/** A source that needs attention, and why. */
type Troubled = { readonly source: string; readonly problem: string };

/** Lists the sources of another kind than the feed that need attention. */
function listTroubled({ sources, feed }: Overview, limits: StaleLimits, now: number): Troubled[] {
  return sources.flatMap((report): Troubled[] => {
    const { source, state, items } = report;
    if (source === feed) return [];
    if (['failing', 'gone', 'wrong'].includes(state)) return [{ source, problem: state }];
    const isStale = items !== null && state !== 'new' && isStaleItem(report, limits, now);
    return isStale ? [{ source, problem: 'stale' }] : [];
  });
}

function describeTroubled(troubled: readonly Troubled[]): string {
  return `Needs attention: ${troubled.map(({ source, problem }) => `${source} (${problem})`).join(', ')}.`;
}
