import { constants, setPriority } from 'node:os';

/**
 * Gives other processes the CPU first, until this process ends: only root could raise the priority again.
 * A system that does not allow it is left as it is.
 */
export function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A container may forbid it; the run is the same without.
  }
}
