/** Where text goes: a terminal, a file, or a program that reads it. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
};

/** Where answers come from. */
export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

export type Environment = Readonly<Record<string, string | undefined>>;

/** What ends a command early. `signal` is aborted with an InterruptedError. */
export type Stop = { readonly signal: AbortSignal; close(): void };

/** What a command adds to the line that reports an error no code caught: it knows the secrets, and where the logs are. */
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
  /** Starts to listen for signals to stop; until then they end the process. */
  readonly listenForStop: () => Stop;
  /** False when nobody reads `stdout` any more. */
  readonly isRead: () => boolean;
  readonly setLastResortAid: (aid: LastResortAid) => void;
};
