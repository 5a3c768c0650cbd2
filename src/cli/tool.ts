import type { Command } from './commander.ts';
import type { Context } from '../app/context.ts';
import type { Print, Tool } from '../commands/shared/tool.ts';
import type { ConfigChoice, ConfigLocation } from '../config/location.ts';
import type { Io, Output } from '../model/io.ts';
import { BusyError, InterruptedError } from '../errors.ts';
import { adaptCommands, commandNames } from './adapt-commands.ts';
import { describeCommandLine } from './describe-command-line.ts';

/** Creates what commands get from this command line. Code that is slow to load is loaded when a command needs it. */
export function createTool(program: Command, io: Io): Tool {
  const print: Print = (text) => void io.stdout.write(`${text}\n`);
  const locateConfig = (): ConfigLocation => ({ ...program.opts<ConfigChoice>(), cwd: io.cwd });
  const printAdapted: Print = (text) => print(adaptCommands(text, program));
  return {
    print,
    printOnTerminal: (text) => {
      if (io.stdout.isTTY === true) print(text);
    },
    printAdapted,
    screen: () => ({
      print: printAdapted,
      clear: () => clearScreen(io.stdout),
      isSeen: io.isRead,
      isColored: io.stdout.isTTY === true && io.stdout.hasColors?.() === true,
    }),
    words: () => describeCommandLine(program),
    withContext: async (access, work) => {
      const { openContext } = await import('../app/context.ts');
      await runAndClose(await openContext(locateConfig(), { commands: commandNames, access, io }), work, io);
    },
    withCheckup: async (work) => {
      const { openCheckup } = await import('../app/checkup.ts');
      const checkup = openCheckup(locateConfig(), io.env);
      io.setLastResortAid({ clean: checkup.clean, log: () => undefined });
      try {
        await work(checkup);
      } finally {
        await checkup.close();
      }
    },
    confirm: async (question) => {
      const { openTerminal } = await import('../host/terminal.ts');
      const terminal = openTerminal(io.stdin, io.stdout);
      if (!terminal.isInteractive) return undefined;
      try {
        return /^y(es)?$/i.test((await terminal.ask(`${question} [y/N] `)).trim());
      } finally {
        terminal.close();
      }
    },
    openDraft: async () => {
      const { openDraft } = await import('../app/draft.ts');
      const { openTerminal } = await import('../host/terminal.ts');
      return openDraft(locateConfig(), openTerminal(io.stdin, io.stdout));
    },
    withSourceDraft: async (work) => {
      const { openSourceDraft } = await import('../app/source-draft.ts');
      const draft = openSourceDraft(locateConfig(), io.env);
      try {
        await untilStopped(io, (signal) => work(draft, { cwd: io.cwd, signal }));
      } finally {
        draft.close();
      }
    },
    untilStopped: (work) => untilStopped(io, work),
  };
}

async function runAndClose(
  context: Context,
  work: (context: Context) => Promise<void>,
  { setLastResortAid }: Io,
): Promise<void> {
  const { logs, tools } = context;
  setLastResortAid({
    clean: tools.clean,
    log: (err) => logs.main.error({ err }, 'ended by an uncaught error'),
  });
  try {
    await work(context);
  } catch (error) {
    const isExpected = error instanceof BusyError || error instanceof InterruptedError;
    logs.main[isExpected ? 'warn' : 'error']({ err: error }, 'command ended early');
    if (error instanceof Error) error.message = tools.clean(error.message);
    throw error;
  } finally {
    tools.progress.end();
    await context.close();
  }
}

/** Runs a command that needs no configuration. */
async function untilStopped(
  { listenForStop }: Io,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = listenForStop();
  try {
    await work(stop.signal);
  } finally {
    stop.close();
  }
}

/** Moves the cursor to the upper left corner and clears the screen below it. */
function clearScreen(output: Output): void {
  if (output.isTTY === true) output.write('\u001B[H\u001B[J');
}
