const HIDDEN = new Set(['level', 'time', 'pid', 'run', 'msg', 'err']);

/**
 * One line of a log for people: `12:00:01 warn  transaction rolled back attempt=1`, in UTC. An error is told by its
 * messages, from the outermost to the innermost cause; its stack is in the files. What is no JSON stays as it is.
 * @param line one of ours, with the newline at its end.
 */
export function pretty(line: string): string {
  const entry = parse(line);
  if (entry === undefined) return line;
  const { time, level, run, msg, err } = entry;
  const head = `${textOf(time).slice(11, 19)} ${textOf(level).padEnd(5)} ${run === undefined ? '' : `[${textOf(run)}] `}${textOf(msg)}`;
  const details = Object.entries(entry)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${`${head}${details.join('')}${causes(err)}`.replace(/\p{Cc}/gu, '?')}\n`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return isObject(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function causes(error: unknown): string {
  if (!isObject(error)) return '';
  return `: ${textOf(error['message'])}${causes(error['cause'])}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
