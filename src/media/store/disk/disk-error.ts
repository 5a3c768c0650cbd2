import { ConfigError, EtlError, UnavailableError } from '../../../errors.ts';

const FULL_HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'free space or inodes there; the next run resumes from here',
  EDQUOT: 'the quota of this user is used up: free space there; the next run resumes from here',
};

const NO_FOLDER_HINT = 'a file is in the place of a folder: move it away, or set MEDIA_STORE';

/** Errors that stay until the user changes something. */
const CONFIG_HINTS: Readonly<Record<string, string>> = {
  EROFS: 'its file system is mounted read-only: mount it for writing',
  ENOTDIR: NO_FOLDER_HINT,
  EEXIST: NO_FOLDER_HINT,
  EISDIR: 'a folder is in the place of a file: move it away',
  ELOOP: 'a symbolic link is in the place of a file: remove it',
  ENAMETOOLONG: 'set MEDIA_STORE to a shorter path',
  EXDEV: 'a folder in the store is on another file system: mount the whole store there',
  EFBIG: 'raise the limit on the size of files: see ulimit -f',
};

/** Turns an error of the file system into one of the port's; errors of ours and the signal's reason are returned unchanged. */
export function toDiskError(root: string, op: string, error: unknown, signal?: AbortSignal): unknown {
  if (error instanceof EtlError || (signal?.aborted === true && error === signal.reason)) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const text = `${op} in the media store ${root} failed: ${message}`;
  const details = { op: 'media store', cause: error };
  const full = FULL_HINTS[code];
  if (full !== undefined) return new UnavailableError(text, { ...details, hint: full });
  const hint = CONFIG_HINTS[code] ?? rightsHint(code, root);
  if (hint !== undefined) return new ConfigError(text, { ...details, hint });
  return new UnavailableError(text, { ...details, hint: `check the disk of ${root}: see dmesg and df` });
}

function rightsHint(code: string, root: string): string | undefined {
  if (code !== 'EACCES' && code !== 'EPERM') return undefined;
  const user = process.geteuid === undefined ? 'the user' : `user ${process.geteuid()}`;
  return `${user}, who runs trestle-etl, must be able to write there: see ls -ld ${root} and chown`;
}

/** The root is never created: if its disk is not mounted, another one would fill up. */
export function missingRootError(root: string, cause?: unknown): ConfigError {
  return new ConfigError(`the media store ${root} does not exist`, {
    op: 'media store',
    cause,
    hint: `mount its disk, or create it with mkdir -p ${root}; or set MEDIA_STORE`,
  });
}

export function linkError(root: string, folder: string): ConfigError {
  return new ConfigError(`${folder} leads through a symbolic link out of its place in the media store`, {
    op: 'media store',
    hint: `replace the link by a folder, or set MEDIA_STORE: ${root} itself may be a link`,
  });
}

export function noFolderError(root: string, folder: string): ConfigError {
  return new ConfigError(`${folder} in the media store ${root} is not a folder`, {
    op: 'media store',
    hint: NO_FOLDER_HINT,
  });
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
