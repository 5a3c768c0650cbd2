import { quoteForShell } from '../../../lib/quote-for-shell.ts';
import type { LogLine, RunLines } from '../../../model/run-lines.ts';
import { firstLine } from '../format.ts';
import { type Html, html } from '../html.ts';
import { hideQuoted } from '../public-values.ts';
import { renderBadge } from './badge.ts';
import { renderCommand } from './facts.ts';
import { renderTable } from './table.ts';

/** Characters of a line's other members. */
const MAX_REST = 240;

/** What a run logged, and the command that finds the rest. */
export function renderLog(run: number, log: RunLines | undefined, dir: string): Html {
  const command = renderCommand(`zgrep -h '"run":${run}[,}]' ${quoteForShell(dir)}/*.log*`);
  if (log === undefined)
    return html`<p class="note">serve cannot read LOG_DIR. To see the log: ${command}</p>`;
  return html`${
    log.hasMore ? html`<p class="note">The last ${log.lines.length} lines. All of them: ${command}</p>` : ''
  }
  ${renderTable<LogLine>(
    'Log lines of the run',
    [
      { head: 'Time, UTC', cell: ({ time }) => time.slice(11, 23) },
      { head: 'Level', cell: ({ level }) => renderBadge(level) },
      { head: 'Log', cell: ({ log: name }) => name },
      { head: 'Message', kind: 'text', cell: ({ message }) => firstLine(hideQuoted(message), MAX_REST) },
      {
        head: 'Details',
        kind: 'text',
        cell: ({ rest }) => html`<code>${firstLine(hideQuoted(rest), MAX_REST)}</code>`,
      },
    ],
    log.lines,
    'No log lines of this run: they were removed (LOG_RETENTION_DAYS), or are on another machine.',
  )}`;
}
