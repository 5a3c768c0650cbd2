import type { Dataset } from '../../dataset/dataset.ts';
import type { ReadMode } from '../../dataset/read-mode.ts';
import { FatalError } from '../../errors.ts';
import { append } from './append.ts';
import { children } from './children.ts';
import { incremental } from './incremental.ts';
import type { ReadingMode } from './mode.ts';

const modes: Readonly<Partial<Record<ReadMode['kind'], ReadingMode>>> = { incremental, children, append };

/** Returns how a dataset is loaded and planned. @throws FatalError for a mode that is not implemented yet. */
export function modeOf({ name, read }: Dataset): ReadingMode {
  const mode = modes[read.kind];
  if (mode !== undefined) return mode;
  throw new FatalError(`${name}: reading ${read.kind} datasets is not implemented`, { op: 'load' });
}
