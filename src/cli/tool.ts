import type { Command } from './commander.ts';
import type { Context } from '../app/context.ts';
import type { Print, Tool } from '../commands/shared/tool.ts';
import type { Place } from '../config/place.ts';
import { BusyError, InterruptedError } from '../errors.ts';
import { asCalled, commandNames } from './called.ts';
import { setLastResortAid } from './last-resort.ts';
import { isRead } from './output.ts';
import { wordsOf } from './words.ts';

/** What commands get from this command line. What takes time to load is loaded when a command asks for it. */
export function toolOf(program: Command): Tool {
  const place = (): Place => program.opts<Place>();
  const printAsCalled: Print = (text) => print(asCalled(text, program));
  return {
    print,
    printOnTerminal: (text) => {
      if (process.stdout.isTTY) print(text);
    },
    printAsCalled,
    screen: () => ({
      print: printAsCalled,
      clear: clearTerminal,
      isSeen: isRead,
      isColored: process.stdout.isTTY && process.stdout.hasColors(),
    }),
    words: () => wordsOf(program),
    withContext: async (access, work) => {
      const { openContext } = await import('../app/context.ts');
      await runAndClose(await openContext(place(), { commands: commandNames, access }), work);
    },
    withCheckup: async (work) => {
      const { openCheckup } = await import('../app/checkup.ts');
      const checkup = openCheckup(place());
      setLastResortAid({ clean: checkup.clean, log: () => undefined });
      try {
        await work(checkup);
      } finally {
        await checkup.close();
      }
    },
    openDraft: async () => (await import('../app/draft.ts')).openDraft(place()),
    untilStopped: async (work) => (await import('../app/until-stopped.ts')).untilStopped(work),
  };
}

async function runAndClose(context: Context, work: (context: Context) => Promise<void>): Promise<void> {
  const { logs, tools } = context;
  setLastResortAid({
    clean: tools.clean,
    log: (err) => logs.main.error({ err }, 'ended by an error that no code caught'),
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

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Moves to the upper left corner, and clears what is below. */
function clearTerminal(): void {
  if (process.stdout.isTTY) process.stdout.write('\u001B[H\u001B[J');
}
