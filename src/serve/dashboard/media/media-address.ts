import { FILES } from '../../guard/guard.ts';

/** The address of a stored media file. */
export function mediaAddress(mediaKey: string): string {
  return `${FILES}${encodeURIComponent(mediaKey)}`;
}
