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
    // The reader has closed the pipe and misses nothing.
    if (error.code === 'EPIPE' || !isFirst) return;
    process.stderr.write(`trestle-etl: the output could not be written: ${error.message}\n`);
    process.once('exit', (code) => {
      if (code === 0) process.exitCode = 1;
    });
  });
}

function ignoreError(): void {
  // Nothing is left to report it to.
}
