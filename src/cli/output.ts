import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The stream does not remember its errors. */
let isLost = false;

/** Whether stdout still has a reader. */
export function isRead(): boolean {
  return !isLost;
}

/**
 * Keeps the process running when its output fails: no reader is left (`| head`, a closed terminal), or the disk is full. Node
 * would end the process, even in the middle of a page. Only the text is lost.
 */
export function surviveOutputErrors(): void {
  process.stderr.on('error', ignoreError);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    const isFirst = !isLost;
    isLost = true;
    if (isReaderGone(error, process.stdout.isTTY) || !isFirst) return;
    process.stderr.write(`trestle-etl: the output could not be written: ${error.message}\n`);
    process.once('exit', (code) => {
      if (code === 0) process.exitCode = 1;
    });
  });
}

/**
 * Closes stdin, stdout and stderr at the end if their terminal is gone. Node.js 20 restores the settings of terminals when it
 * exits, and aborts with a core dump (134) if one is closed.
 */
export function surviveLostTerminal(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.once('exit', () => terminals.filter((fd) => !isatty(fd)).forEach((fd) => closeSync(fd)));
}

/** Whether the reader has closed the pipe or the terminal, and misses nothing. */
function isReaderGone({ code }: NodeJS.ErrnoException, isTerminal: boolean): boolean {
  return code === 'EPIPE' || (code === 'EIO' && isTerminal);
}

function ignoreError(): void {
  // Nothing is left to report it to.
}
