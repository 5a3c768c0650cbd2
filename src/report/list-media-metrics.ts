import { fromSqlDateTime } from '../lib/time.ts';
import type { Metric } from './metric.ts';
import type { StatusReport } from './status-report.ts';

/** The metrics of media files; no samples if none are used. */
export function listMediaMetrics({ mediaFiles }: Pick<StatusReport, 'mediaFiles'>): Metric[] {
  if (mediaFiles === undefined) return [];
  const { stored, pending, failed, bytes, lastPass } = mediaFiles;
  const end = lastPass?.end ?? null;
  return [
    {
      name: 'media_files',
      help: 'Media files by state.',
      samples: Object.entries({ stored, pending, failed }).map(([state, value]) => ({
        labels: { state },
        value,
      })),
    },
    { name: 'media_bytes', help: 'Size of the stored media files.', samples: [{ labels: {}, value: bytes }] },
    {
      name: 'media_download_end_timestamp_seconds',
      help: 'When the last download of media files ended.',
      samples: end === null ? [] : [{ labels: {}, value: Math.round(fromSqlDateTime(end) / 1000) }],
    },
  ];
}
