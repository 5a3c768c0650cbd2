import type { QuarantinedRecord } from '../../../report/overview.ts';
import { firstLine, formatSqlTime } from '../format.ts';
import { type Html, html } from '../html.ts';
import { recordAddress } from '../link.ts';
import { renderTable } from './table.ts';

/** The records that were last put in quarantine, and why. */
export function renderQuarantine(records: readonly QuarantinedRecord[]): Html {
  return renderTable<QuarantinedRecord>(
    'Quarantine',
    [
      { head: 'Dataset', cell: ({ resource }) => resource },
      {
        head: 'Key',
        cell: ({ resource, key }) => html`<a href="${recordAddress(key, resource)}">${key}</a>`,
      },
      {
        head: 'Reasons',
        kind: 'text',
        cell: ({ reasons }) =>
          reasons
            .map(({ field, rule, value }) => firstLine(`${field || 'record'} ${rule}: ${value}`))
            .join('; '),
      },
      { head: 'Last seen', cell: ({ lastSeen }) => formatSqlTime(lastSeen) },
    ],
    records,
    'Every record became a row.',
  );
}
