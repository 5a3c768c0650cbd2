/** The stream itself forgets its errors. */
let isLost = false;

/** Whether what is printed still gets to where it should. */
export function isRead(): boolean {
  return !isLost;
}

/**
 * What is printed may have no reader any more (`| head`, a terminal that was closed), or no room. Node would end the process
 * for it wherever it stands, a run in the middle of its page: so it costs the text and nothing else.
 */
export function surviveOutputErrors(): void {
  process.stderr.on('error', ignoreError);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    const isFirst = !isLost;
    isLost = true;
    // Who has seen enough misses nothing.
    if (error.code === 'EPIPE' || !isFirst) return;
    process.stderr.write(`trestle-etl: what was to be printed could not be written: ${error.message}\n`);
    process.once('exit', (code) => {
      if (code === 0) process.exitCode = 1;
    });
  });
}

function ignoreError(): void {
  // There is nowhere left to tell it.
}
