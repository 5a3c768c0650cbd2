/** The destination of text: a terminal, a file or another program. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
};

/** The source of answers. */
export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Stops a command early: `signal` is aborted with an InterruptedError. */
export type Stop = { readonly signal: AbortSignal; close(): void };

/** Helps to report an uncaught error: a command knows the secrets and the logs. */
export type LastResortAid = {
  /** Removes secrets from a text. */
  readonly clean: (text: string) => string;
  readonly log: (error: unknown) => void;
};

/** The process as a command sees it. Nothing below the command line reads the global `process` instead. */
export type Io = {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Environment;
  /** The working directory. Throws if it was removed. */
  readonly cwd: () => string;
  /** Starts listening for stop signals; until then they end the process. */
  readonly listenForStop: () => Stop;
  /** False when `stdout` has no reader any more. */
  readonly isRead: () => boolean;
  readonly setLastResortAid: (aid: LastResortAid) => void;
};
