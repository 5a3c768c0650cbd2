import type { DailyFile } from './daily-file.ts';

const FLUSH_MS = 100;
const MAX_BYTES = 64 * 1024;

/**
 * Writes lines in groups, at most a tenth of a second late: a line costs several calls of the file system. For logs of a server
 * that answers hundreds of requests a second; a kill loses the last lines.
 */
export function bufferLines(file: DailyFile): DailyFile {
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (text === '') return;
    const lines = text;
    text = '';
    file.write(lines);
  };
  return {
    write: (line) => {
      text += line;
      if (text.length >= MAX_BYTES) return flush();
      timer ??= setTimeout(flush, FLUSH_MS).unref();
    },
    end: () => {
      flush();
      file.end();
    },
  };
}
