import type { RunStatus } from '../record/run-log.ts';
import type { MediaFileReport } from '../record/media-file-report.ts';

/** The state of the media files, as `status --json` prints it. */
export type MediaFilesReport = Omit<MediaFileReport, 'lastPass'> & {
  /** MEDIA_STORE. */
  readonly store: string | null;
  /** Stored files that the next download compares with a changed MEDIA_SIZES. */
  readonly unsized: number;
  /** The last run that downloaded files. Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly lastPass: {
    readonly run: number;
    readonly status: RunStatus;
    readonly start: string;
    readonly end: string | null;
    readonly requests: number;
    readonly message: string | null;
  } | null;
};
