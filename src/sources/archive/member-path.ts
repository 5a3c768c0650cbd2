/**
 * Describes why the path of a member is refused; undefined if it is a plain path below a folder. Nothing is written by these
 * paths, but an archive that has others is not what it claims to be.
 */
export function describePathFault(path: string): string | undefined {
  if (path === '') return 'is empty';
  // oxlint-disable-next-line no-control-regex -- They are searched for.
  if (/[\u0000-\u001F\u007F]/.test(path)) return 'has control characters';
  if (path.includes('\uFFFD')) return 'is not in the encoding that the archive declares';
  if (path.includes('\\')) return 'has a backslash';
  if (/^[a-z]:/i.test(path)) return 'has a drive letter';
  if (path.startsWith('/')) return 'is an absolute path';
  const parts = path.split('/');
  if (parts.includes('..')) return 'leaves its folder';
  return parts.includes('') ? 'has an empty folder' : undefined;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
