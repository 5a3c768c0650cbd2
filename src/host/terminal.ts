import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { FatalError, InterruptedError } from '../errors.ts';
import type { Input, Output } from '../model/io.ts';

/** Asks the user questions. */
export type Terminal = {
  /** False if no user can answer, such as under cron or in a pipe. */
  readonly isInteractive: boolean;
  /**
   * @param isHidden the typed text is not shown.
   * @throws InterruptedError for Ctrl-C, FatalError for Ctrl-D.
   */
  ask(question: string, isHidden?: boolean): Promise<string>;
  close(): void;
};

/** Opens the terminal that started the command. Nothing is read before the first question. */
export function openTerminal(input: Input, output: Output): Terminal {
  let lines: ReturnType<typeof openPrompt> | undefined;
  return {
    isInteractive: [input, output].every((stream) => stream.isTTY === true),
    ask: (question, isHidden = false) => {
      lines ??= openPrompt(input, output);
      return lines.ask(question, isHidden);
    },
    close: () => lines?.close(),
  };
}

/** The terminal is raw, so readline echoes typed text to its output; a muted output hides it. */
function openPrompt(input: Input, output: Output) {
  let isMuted = false;
  const echo = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!isMuted) output.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  const closed = new AbortController();
  lines.once('SIGINT', () => {
    const error = new InterruptedError('SIGINT');
    error.message = 'stopped by SIGINT; nothing was written';
    closed.abort(error);
  });
  lines.once('close', () =>
    closed.abort(new FatalError('closed before the last question; nothing was written', { op: 'ask' })),
  );
  return {
    ask: async (question: string, isHidden: boolean): Promise<string> => {
      closed.signal.throwIfAborted();
      try {
        const answer = lines.question(question, { signal: closed.signal });
        isMuted = isHidden;
        return await answer;
      } catch (error) {
        closed.signal.throwIfAborted();
        throw error;
      } finally {
        if (isMuted) output.write('\n');
        isMuted = false;
      }
    },
    close: () => lines.close(),
  };
}
