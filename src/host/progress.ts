import { formatDuration } from '../lib/duration.ts';
import type { Clock } from '../model/clock.ts';
import type { Progress, ProgressCounts } from '../model/progress.ts';

/** A redraw more often than this would cost time and flicker. */
const EVERY = 200;

type Terminal = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };

/** A line on the terminal that is written over as the run goes on; nothing at all without a terminal. */
export function progressOn(terminal: Terminal, clock: Clock): Progress {
  if (terminal.isTTY !== true)
    return { show: () => undefined, report: () => undefined, end: () => undefined };
  let drawn = 0;
  let dirty = false;
  let resource = '';
  let since = 0;
  const clear = (): void => {
    if (dirty) terminal.write('\r\u001B[K');
    dirty = false;
  };
  return {
    show: (name, shown) => {
      const now = clock.now();
      if (name !== resource) since = now;
      resource = name;
      if (now - drawn < EVERY) return;
      drawn = now;
      const line = describe(name, shown, now - since);
      clear();
      terminal.write(line.slice(0, Math.max(20, (terminal.columns || 80) - 1)));
      dirty = true;
    },
    report: (line) => {
      clear();
      terminal.write(`${line}\n`);
    },
    end: clear,
  };
}

function describe(
  name: string,
  { processed, pages, calls, left, expected }: ProgressCounts,
  ms: number,
): string {
  const of = expected === undefined ? '' : ` of ${expected.toLocaleString('en')}`;
  // In the first second a speed says nothing.
  const speed = ms < 1000 ? 0 : processed / (ms / 1000);
  const rest = expected === undefined || speed < 1 ? 0 : ((expected - processed) / speed) * 1000;
  return [
    `${name}: ${processed.toLocaleString('en')}${of}`,
    ...(speed > 0 ? [`${Math.round(speed).toLocaleString('en')}/s`] : []),
    `${pages} pages`,
    `${calls} calls`,
    ...(left === undefined ? [] : [`${left.toLocaleString('en')} left this hour`]),
    ...(rest > 0 ? [`${formatDuration(rest)} to go`] : []),
  ].join(' · ');
}
