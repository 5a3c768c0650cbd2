import type { Notice } from '../../../src/notify/alert/notice.ts';

export const notice: Notice = {
  kind: 'stale',
  state: 'raised',
  title: 'stale: the tables were last in step with the feed 13 h 0 min ago',
  text: 'Later changes in the feed may be missing in the tables.\nLook at: trestle-etl status --check',
  host: 'etl-1',
  database: 'homes',
  run: 17,
  time: '2026-03-19T12:00:00.000Z',
  facts: { ageSeconds: 46_800, maxAgeSeconds: 43_200 },
};
