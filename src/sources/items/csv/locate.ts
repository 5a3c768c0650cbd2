import { basename } from 'node:path';
import { ConfigError } from '../../../errors.ts';
import type { Checkpoint } from '../../items.ts';
import { type Candidates, storedStateOf, textOf } from './candidate.ts';
import { findFiles } from './find-files.ts';

/**
 * Finds the files of a source, and which of them changed.
 * @throws ConfigError if a file that was never read does not exist.
 */
export async function locateFiles(
  id: string,
  pattern: string,
  folder: string,
  checkpoint: Checkpoint | undefined,
): Promise<Candidates> {
  const { files, isPattern } = await findFiles(pattern, folder);
  if (files.length === 0 && !isPattern && checkpoint === undefined) {
    throw new ConfigError(`${id}: there is no file ${pattern}`, {
      op: 'read CSV',
      hint: `correct path of ${id} in sources.yaml; a relative path starts in the folder of that file`,
    });
  }
  return {
    files: files.map(({ name, path, look }) => {
      const stored = storedStateOf(checkpoint, name);
      return {
        name,
        title: basename(path),
        path,
        look,
        state: { size: look.size, mtime: look.mtime },
        isChanged: stored?.['size'] !== look.size || stored['mtime'] !== look.mtime,
        storedHash: textOf(stored?.['sha256']),
      };
    }),
    absence: files.length === 0 ? { outcome: 'waiting', reason: `there is no file ${pattern}` } : undefined,
    discard: () => undefined,
  };
}
