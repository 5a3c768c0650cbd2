import { formatDuration } from '../lib/duration.ts';
import { formatSize } from '../lib/size.ts';
import type { Clock } from '../model/clock.ts';
import type { Progress, ProgressCounts } from '../model/progress.ts';

/** More frequent redraws cost time and flicker. */
const REDRAW_INTERVAL_MS = 200;

type ProgressOutput = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };

/** Shows a progress line on the terminal, and overwrites it during the run. Shows nothing without a terminal. */
export function createProgress(terminal: ProgressOutput, clock: Clock): Progress {
  if (terminal.isTTY !== true)
    return {
      show: () => undefined,
      showBytes: () => undefined,
      showText: () => undefined,
      report: () => undefined,
      end: () => undefined,
    };
  let drawn = 0;
  let dirty = false;
  let resource = '';
  let since = 0;
  const clear = (): void => {
    if (dirty) terminal.write('\r\u001B[K');
    dirty = false;
  };
  /** @param describeAfter returns the line, from the milliseconds since the name was first shown. */
  const draw = (name: string, describeAfter: (ms: number) => string): void => {
    const now = clock.now();
    if (name !== resource) since = now;
    resource = name;
    if (now - drawn < REDRAW_INTERVAL_MS) return;
    drawn = now;
    clear();
    terminal.write(describeAfter(now - since).slice(0, Math.max(20, (terminal.columns || 80) - 1)));
    dirty = true;
  };
  return {
    show: (name, shown) => draw(name, (ms) => describe(name, shown, ms)),
    showBytes: (name, got, total) => draw(name, (ms) => describeBytes(name, got, total, ms)),
    showText: (name, line) => draw(name, () => line),
    report: (line) => {
      clear();
      terminal.write(`${line}\n`);
    },
    end: clear,
  };
}

function describeBytes(name: string, got: number, total: number | undefined, ms: number): string {
  const speed = ms < 1000 ? 0 : got / (ms / 1000);
  return [
    `${name}: ${formatSize(got)}${total === undefined ? '' : ` of ${formatSize(total)}`}`,
    ...(speed > 0 ? [`${formatSize(speed)}/s`] : []),
    ...(speed > 0 && total !== undefined ? [`${formatDuration(((total - got) / speed) * 1000)} to go`] : []),
  ].join(' · ');
}

function describe(
  name: string,
  { processed, pages, calls, left, expected }: ProgressCounts,
  ms: number,
): string {
  const of = expected === undefined ? '' : ` of ${expected.toLocaleString('en')}`;
  // The speed of the first second is meaningless.
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
