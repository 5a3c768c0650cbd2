import { Readable, Writable } from 'node:stream';
import type { Io, Output } from '../../src/model/io.ts';

export type Captured = {
  readonly io: Io;
  /** What was written so far. */
  stdout(): string;
  stderr(): string;
};

/** What a command gets from a process without a terminal, whose output is kept. */
export function capturedIo({
  folder = '/',
  env = {},
  signal = new AbortController().signal,
}: {
  readonly folder?: string;
  readonly env?: Io['env'];
  readonly signal?: AbortSignal;
} = {}): Captured {
  const [out, err] = [keeper(), keeper()];
  const io: Io = {
    stdin: Readable.from([]),
    stdout: out.output,
    stderr: err.output,
    env,
    cwd: () => folder,
    listenForStop: () => ({ signal, close: () => undefined }),
    isRead: () => true,
    setLastResortAid: () => undefined,
  };
  return { io, stdout: out.text, stderr: err.text };
}

function keeper(): { output: Output; text: () => string } {
  let text = '';
  const output = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  return { output, text: () => text };
}
