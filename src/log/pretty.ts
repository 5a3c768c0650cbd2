const HIDDEN = new Set(['level', 'time', 'pid', 'run', 'msg', 'err']);

/**
 * Formats one line of a log for people: `12:00:01 warn  transaction rolled back attempt=1`, in UTC. An error is shown as its
 * messages, from the outermost to the innermost cause; its stack is in the files. A line that is not JSON is unchanged.
 * @param line a line of a log, with its newline.
 */
export function formatPretty(line: string): string {
  const entry = parse(line);
  if (entry === undefined) return line;
  const { time, level, run, msg, err } = entry;
  const head = `${textOf(time).slice(11, 19)} ${textOf(level).padEnd(5)} ${run === undefined ? '' : `[${textOf(run)}] `}${textOf(msg)}`;
  const details = Object.entries(entry)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${`${head}${details.join('')}${describeCauses(err)}`.replace(/\p{Cc}/gu, '?')}\n`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return isObject(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function describeCauses(error: unknown): string {
  if (!isObject(error)) return '';
  return `: ${textOf(error['message'])}${describeCauses(error['cause'])}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
