import { readFileSync } from 'node:fs';

/**
 * Whether a process of this host runs. One that has ended but whose parent has not noticed (a zombie, common in containers
 * without an init) still takes signals.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** Reads the state after the program's name in parentheses, which may contain parentheses itself: proc_pid_stat(5). */
function isZombie(pid: number): boolean {
  try {
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // It ended just now, or there is no /proc.
    return false;
  }
}
