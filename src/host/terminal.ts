import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { FatalError, InterruptedError } from '../errors.ts';
import type { Input, Output } from '../model/io.ts';

/** A person to be asked. */
export type Terminal = {
  /** False where nobody can answer: under cron, in a pipe. */
  readonly isThere: boolean;
  /**
   * @param isHidden what is typed does not appear.
   * @throws InterruptedError for Ctrl-C, FatalError for Ctrl-D.
   */
  ask(question: string, isHidden?: boolean): Promise<string>;
  close(): void;
};

/** The terminal that a command was started from. Nothing is read before the first question. */
export function openTerminal(input: Input, output: Output): Terminal {
  let lines: ReturnType<typeof begin> | undefined;
  return {
    isThere: [input, output].every((stream) => stream.isTTY === true),
    ask: (question, isHidden = false) => {
      lines ??= begin(input, output);
      return lines.ask(question, isHidden);
    },
    close: () => lines?.close(),
  };
}

/** readline writes what is typed to its output, as the terminal is raw: muted, it is not seen. */
function begin(input: Input, output: Output) {
  let isMuted = false;
  const echo = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!isMuted) output.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  const left = new AbortController();
  lines.once('SIGINT', () => {
    const error = new InterruptedError('SIGINT');
    error.message = 'stopped by SIGINT; nothing was written';
    left.abort(error);
  });
  lines.once('close', () =>
    left.abort(new FatalError('left before the last question; nothing was written', { op: 'ask' })),
  );
  return {
    ask: async (question: string, isHidden: boolean): Promise<string> => {
      left.signal.throwIfAborted();
      try {
        const answer = lines.question(question, { signal: left.signal });
        isMuted = isHidden;
        return await answer;
      } catch (error) {
        left.signal.throwIfAborted();
        throw error;
      } finally {
        if (isMuted) output.write('\n');
        isMuted = false;
      }
    },
    close: () => lines.close(),
  };
}
