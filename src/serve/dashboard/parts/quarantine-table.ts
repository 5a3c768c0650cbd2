import type { Reason } from '../../../model/row.ts';
import type { QuarantinedRecord } from '../../../report/overview.ts';
import { firstLine, formatSqlTime } from '../format.ts';
import { type Html, html } from '../html.ts';
import { recordAddress } from '../link.ts';
import { hideQuoted, showValue } from '../public-values.ts';
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
        cell: ({ resource, reasons }) => reasons.map((reason) => describeReason(resource, reason)).join('; '),
      },
      { head: 'Last seen', cell: ({ lastSeen }) => formatSqlTime(lastSeen) },
    ],
    records,
    'Every record became a row.',
  );
}

/** The seller's wish for the address is not known: the record is not stored. */
function describeReason(resource: string, reason: Reason): string {
  const value = showValue(resource, reason, false);
  return firstLine(`${reason.field || 'record'} ${hideQuoted(reason.rule)}: ${value}`);
}
