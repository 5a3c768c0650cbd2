/** The address of a stored media file. */
export function mediaAddress(mediaKey: string): string {
  return `/files/${encodeURIComponent(mediaKey)}`;
}
