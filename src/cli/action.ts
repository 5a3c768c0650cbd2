import type { Command } from 'commander';
import { type Context, openContext, type Place } from '../app/context.ts';
import { BusyError, InterruptedError } from '../errors.ts';
import { setLastResortAid } from './last-resort.ts';

/** Opens the context for a command, and closes it however the command ends. */
export function inContext<Flags>(
  program: Command,
  action: (context: Context, flags: Flags) => Promise<void>,
  onlyLooks = false,
) {
  return async (flags: Flags): Promise<void> => {
    const context = await openContext(program.opts<Place>(), onlyLooks);
    const { logs, tools } = context;
    setLastResortAid({
      clean: tools.clean,
      log: (err) => logs.main.error({ err }, 'ended by an error that no code caught'),
    });
    try {
      await action(context, flags);
    } catch (error) {
      const isExpected = error instanceof BusyError || error instanceof InterruptedError;
      logs.main[isExpected ? 'warn' : 'error']({ err: error }, 'command ended early');
      if (error instanceof Error) error.message = tools.clean(error.message);
      throw error;
    } finally {
      tools.progress.end();
      await context.close();
    }
  };
}
