import type { Context } from '../app/context.ts';

/** Whether the records of a configured source become items. */
export function hasItems({ sourceNamed }: Pick<Context, 'sourceNamed'>, id: string): boolean {
  return sourceNamed(id).tools.source.items !== undefined;
}
