import { formatSqlTime } from '../format.ts';
import { html } from '../html.ts';
import type { Page } from '../layout.ts';
import { itemAddress, recordAddress } from '../link.ts';
import { renderTable } from '../parts/table.ts';
import { type FoundRecord, MAX_FOUND } from '../search/find-records.ts';

/** What a search found. */
export function renderSearch(text: string, found: readonly FoundRecord[]): Page {
  return {
    title: 'search',
    level: 'ok',
    search: text,
    content: html`<div class="headline">
        <h1>${describeFound(text, found.length)}</h1>
        ${found.length > MAX_FOUND ? html`<p class="note quiet">Enter more of the address to narrow the results.</p>` : ''}
        ${found.length > 0 ? '' : html`<p class="note quiet">Listings are found by key, listing id, or a part of the address; items by their id. The key of a record of another dataset: <code class="command">trestle-etl why KEY --resource NAME</code></p>`}
      </div>
      ${
        found.length === 0
          ? ''
          : renderTable<FoundRecord>(
              'Records',
              [
                {
                  head: 'Key',
                  cell: ({ source, key }) =>
                    html`<a href="${source === null ? recordAddress(key) : itemAddress(source, key)}"
                      >${key}</a
                    >`,
                },
                { head: 'Kind', cell: ({ source }) => source ?? 'listing' },
                { head: 'Address or title', kind: 'text', cell: ({ title }) => title ?? 'not shown' },
                { head: 'State', cell: ({ state }) => state ?? '–' },
                { head: 'Changed', cell: ({ updatedAt }) => formatSqlTime(updatedAt) },
              ],
              found.slice(0, MAX_FOUND),
            )
      }`,
  };
}

function describeFound(text: string, count: number): string {
  if (text === '') return 'What to search for';
  if (count === 0) return `Nothing has the key or address ${text}`;
  return count > MAX_FOUND ? `The first ${MAX_FOUND}` : `${count} found`;
}
