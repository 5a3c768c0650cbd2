import type { Context } from '../../app/context.ts';
import { serve } from '../../serve/serve.ts';
import type { Print } from '../shared/tool.ts';
import { createServeTools } from './create-tools.ts';

/** Serves the database of this configuration until a stop signal. */
export async function startServer(context: Context, print: Print): Promise<void> {
  const opened = context.openServe();
  try {
    const onListen = (address: string): void => print(`serving ${address} until Ctrl-C`);
    await serve(createServeTools(context, opened), onListen, context.tools.signal);
  } finally {
    await opened.database.close();
  }
}
