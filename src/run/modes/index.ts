import type { Dataset } from '../../dataset/dataset.ts';
import type { ReadMode } from '../../dataset/read-mode.ts';
import { FatalError } from '../../errors.ts';
import { append } from './append.ts';
import { children } from './children.ts';
import { incremental } from './incremental.ts';
import type { ReadingMode } from './mode.ts';

const modes: Readonly<Partial<Record<ReadMode['kind'], ReadingMode>>> = { incremental, children, append };

/** How a dataset is loaded and planned. @throws FailedError for a mode that no source has yet. */
export function modeOf({ name, read }: Dataset): ReadingMode {
  const mode = modes[read.kind];
  if (mode !== undefined) return mode;
  throw new FatalError(`${name}: nothing can read ${read.kind} datasets yet`, { op: 'load' });
}
