import { formatDuration } from '../lib/duration.ts';
import type { Clock, Counts, Progress } from '../model.ts';

/** A redraw more often than this would cost time and flicker. */
const EVERY = 200;

type Terminal = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };

/** A line on the terminal that is written over as the run goes on; nothing at all without a terminal. */
export function progressOn(terminal: Terminal, clock: Clock): Progress {
  if (terminal.isTTY !== true) return { show: () => undefined, say: () => undefined, end: () => undefined };
  let drawn = 0;
  let dirty = false;
  let resource = '';
  let start = { at: clock.now(), processed: 0 };
  const clear = (): void => {
    if (dirty) terminal.write('\r\u001B[K');
    dirty = false;
  };
  return {
    show: (name, counts, pages, calls, expected) => {
      const now = clock.now();
      if (name !== resource) start = { at: now - 1, processed: 0 };
      resource = name;
      if (now - drawn < EVERY) return;
      drawn = now;
      const speed = (counts.processed - start.processed) / ((now - start.at) / 1000);
      const line = describe(name, counts, pages, calls, expected, speed);
      clear();
      terminal.write(line.slice(0, Math.max(20, (terminal.columns || 80) - 1)));
      dirty = true;
    },
    say: (line) => {
      clear();
      terminal.write(`${line}\n`);
    },
    end: clear,
  };
}

function describe(
  name: string,
  counts: Counts,
  pages: number,
  calls: number,
  expected: number | undefined,
  speed: number,
): string {
  const of = expected === undefined ? '' : ` of ${expected.toLocaleString('en')}`;
  const left = expected === undefined || speed < 1 ? 0 : ((expected - counts.processed) / speed) * 1000;
  return [
    `${name}: ${counts.processed.toLocaleString('en')}${of}`,
    `${Math.round(speed).toLocaleString('en')}/s`,
    `${pages} pages`,
    `${calls} calls`,
    ...(left > 0 ? [`${formatDuration(left)} left`] : []),
  ].join(' · ');
}
