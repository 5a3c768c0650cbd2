import type { Command } from 'commander';
import { type Context, openContext, type Place } from '../context.ts';
import { BusyError, InterruptedError } from '../errors.ts';

/** Opens the context for a command, and closes it however the command ends. */
export function inContext<Flags>(
  program: Command,
  action: (context: Context, flags: Flags) => Promise<void>,
  onlyLooks = false,
) {
  return async (flags: Flags): Promise<void> => {
    const context = await openContext(program.opts<Place>(), onlyLooks);
    try {
      await action(context, flags);
    } catch (error) {
      const isExpected = error instanceof BusyError || error instanceof InterruptedError;
      context.logs.main[isExpected ? 'warn' : 'error']({ err: error }, 'command ended early');
      if (error instanceof Error) error.message = context.tools.clean(error.message);
      throw error;
    } finally {
      context.tools.progress.end();
      await context.close();
    }
  };
}
