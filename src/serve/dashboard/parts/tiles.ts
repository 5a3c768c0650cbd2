import type { Overview } from '../../../report/overview.ts';
import { formatCount, formatTime, roundDuration } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import { formatSize } from '../../../lib/size.ts';
import type { Level } from '../state.ts';
import { renderCommand } from './facts.ts';

type Tile = {
  readonly name: string;
  readonly value: Content;
  readonly more: Content;
  readonly level?: Level;
};

/** The figures that are looked at first. @param maxAge milliseconds. */
export function renderTiles(overview: Overview, maxAge: number, now: number): Html {
  const tiles = [
    ...(overview.feed === null
      ? []
      : [describeLag(overview, maxAge, now), ...describeParity(overview), ...describeQuota(overview)]),
    describeRejected(overview),
    describeErrors(overview),
    ...describeFiles(overview),
  ];
  return html`<ul class="tiles">
    ${tiles.map(
      ({ name, value, more, level = '' }) =>
        html`<li class="tile">
          <div class="name">${name}</div>
          <div class="value ${level}">${value}</div>
          <div class="more">${more}</div>
        </li> `,
    )}
  </ul>`;
}

function describeLag({ status }: Overview, maxAge: number, now: number): Tile {
  const limit = `limit ${roundDuration(maxAge)}`;
  if (status.ageSeconds === null)
    return { name: 'Lag', value: '–', more: `not loaded yet; ${limit}`, level: 'new' };
  const age = status.ageSeconds * 1000 + Math.max(0, now - Date.parse(status.at));
  const level = age > maxAge ? 'bad' : 'ok';
  return {
    name: 'Lag',
    value: roundDuration(age),
    more: `${level === 'bad' ? 'over the limit: ' : ''}${limit}`,
    level,
  };
}

function describeParity({ parity }: Overview): Tile[] {
  if (parity.length === 0) {
    return [
      { name: 'Parity', value: 'not verified yet', more: renderCommand('trestle-etl verify'), level: 'new' },
    ];
  }
  const here = parity.reduce((all, each) => all + each.here, 0);
  const upstream = parity.reduce((all, each) => all + each.upstream, 0);
  const oldest = Math.min(...parity.map(({ at }) => at));
  const isEqual = parity.every((each) => each.here === each.upstream);
  const differing = parity.reduce((all, each) => all + (each.differing ?? 0), 0);
  return [
    {
      name: 'Parity',
      value: `${formatCount(here)} ${isEqual ? '=' : '≠'} ${formatCount(upstream)}`,
      more: html`${parity.map(({ resource }) => resource).join(', ')}: stored and upstream,
      ${formatTime(oldest)}${differing === 0 ? '' : `; ${formatCount(differing)} differ: trestle-etl verify`}`,
      level: isEqual && differing === 0 ? 'ok' : 'warn',
    },
  ];
}

function describeQuota({ status: { quota } }: Overview): Tile[] {
  const { limit, left, resetAt } = quota?.hour ?? {};
  if (limit === undefined || left === undefined || limit === 0) return [];
  const percent = Math.round((100 * left) / limit);
  const reset = resetAt === undefined ? '' : html`, resets ${formatTime(resetAt)}`;
  return [
    {
      name: 'Quota of the hour',
      value: `${percent} % left`,
      more: html`${formatCount(left)} of ${formatCount(limit)} requests${reset}`,
      level: percent < 10 ? 'warn' : 'ok',
    },
  ];
}

function describeRejected({ status, sources }: Overview): Tile {
  const quarantined = status.resources.reduce((all, each) => all + each.quarantined, 0);
  const unmapped = sources.reduce((all, each) => all + (each.unmapped ?? 0), 0);
  const rejects = (status.releases ?? []).reduce((all, each) => all + (each.published?.rejects ?? 0), 0);
  const count = quarantined + unmapped + rejects;
  return {
    name: 'Quarantined',
    value: formatCount(count),
    more:
      count === 0
        ? 'every record became a row'
        : quarantined > 0
          ? renderCommand('trestle-etl quarantine list')
          : unmapped > 0
            ? `${formatCount(unmapped)} records could not become items`
            : `${formatCount(rejects)} lines of county files were rejected`,
    level: count === 0 ? 'ok' : 'warn',
  };
}

function describeErrors({ failedRuns, status }: Overview): Tile {
  const last = status.runs.find((run) => run.status === 'failed');
  return {
    name: 'Failed runs in 24 h',
    value: formatCount(failedRuns),
    more:
      last === undefined
        ? 'none of the last runs failed'
        : html`last: <a href="/runs/${last.id}">run ${last.id}</a>`,
    level: failedRuns === 0 ? 'ok' : 'bad',
  };
}

function describeFiles({ status: { mediaFiles: files } }: Overview): Tile[] {
  if (files === undefined) return [];
  const failed = files.failed === 0 ? '' : `, ${formatCount(files.failed)} failed`;
  return [
    {
      name: 'Media files pending',
      value: formatCount(files.pending),
      more: `${formatCount(files.stored)} stored, ${formatSize(files.bytes)}${failed}`,
      level: files.failed === 0 ? 'ok' : 'warn',
    },
  ];
}
