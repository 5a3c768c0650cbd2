import type { Checkup } from '../../app/checkup.ts';
import type { Context } from '../../app/context.ts';
import type { Draft } from '../../app/draft.ts';
import type { SourceDraft } from '../../app/source-draft.ts';
import type { CompletionWords } from '../completion/words.ts';

export type Print = (text: string) => void;

/** A terminal that is redrawn. */
export type Screen = {
  readonly print: Print;
  /** Removes what was printed, on a terminal. */
  readonly clear: () => void;
  /** False when the output has no reader any more. */
  readonly isSeen: () => boolean;
  readonly isColored: boolean;
};

/** What the command line gives to a command. Each part is created when it is used. */
export type Tool = {
  readonly print: Print;
  /** Prints on a terminal only: cron mails everything that a job prints. */
  readonly printOnTerminal: Print;
  /** Prints a text whose commands are adapted to this configuration: `trestle-etl --profile west sync`. */
  readonly printAdapted: Print;
  screen(): Screen;
  /** The command line, for shell completion. */
  words(): CompletionWords;
  /**
   * Runs `work` with everything that is created from the configuration, and always closes it.
   * @param access `look`: the command writes nothing, so it also runs as a user who cannot write logs and state.
   * @throws ConfigError; what `work` throws.
   */
  withContext(access: 'look' | 'write', work: (context: Context) => Promise<void>): Promise<void>;
  /** The same for a configuration that may be invalid. */
  withCheckup(work: (checkup: Checkup) => Promise<void>): Promise<void>;
  /** Asks a question that is answered with yes or no. Undefined if no user can answer. */
  confirm(question: string): Promise<boolean | undefined>;
  /** Opens a new configuration to write. @throws UsageError if the file exists. */
  openDraft(): Promise<Draft>;
  /** Opens sources.yaml for a new entry, and always closes it. The configuration need not be complete. */
  withSourceDraft(
    work: (
      draft: SourceDraft,
      options: { readonly cwd: () => string; readonly signal: AbortSignal },
    ) => Promise<void>,
  ): Promise<void>;
  /** Runs `work` until a stop signal, which is its normal end. */
  untilStopped(work: (signal: AbortSignal) => Promise<void>): Promise<void>;
};
