import type { Answer } from './route.ts';
import type { ServeTools } from './tools.ts';

/** What every answer with listings has: when they were last in step with the feed, and the text that the licence requires. */
export async function describeFreshness({
  readLastUpdate,
  clock,
  maxAge,
  settings: { disclaimer },
}: Pick<ServeTools, 'readLastUpdate' | 'clock' | 'maxAge' | 'settings'>): Promise<
  Pick<Answer, 'lastUpdated' | 'isFresh' | 'disclaimer'>
> {
  const at = await readLastUpdate();
  return {
    lastUpdated: at === null ? null : new Date(at).toISOString(),
    isFresh: at !== null && clock.now() - at <= maxAge,
    ...(disclaimer === undefined ? {} : { disclaimer }),
  };
}
