import type { ItemReport } from '../../../report/item-report.ts';
import { formatSqlTime } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { itemAddress, linkOut, sourceAddress } from '../link.ts';
import { renderBadge } from '../parts/badge.ts';
import { renderFacts } from '../parts/facts.ts';

const COLUMNS = ['category', 'amount', 'quantity', 'description', 'metadata'];

/** One item: as it is stored, and the record that it was made from. */
export function renderItem({ source, id, item, record, now, mapping, near }: ItemReport): Page {
  const error = record?.error ?? null;
  return {
    title: `${source}/${id}`,
    level: error === null ? (item === null && record === null ? 'new' : 'ok') : 'warn',
    content: html`<div class="headline">
        <h1>${item === null ? `${source}/${id}` : item['title']}</h1>
        <ul class="facts">
          <li><a href="${sourceAddress(source)}">${source}</a>/${id}</li>
          <li>${describePresence(item, record)}</li>
        </ul>
        ${error === null ? '' : html`<p class="note warn">It is not an item: ${error}</p>`}
        ${now?.isItem === true ? html`<p class="note">The present mapping can map it: <code class="command">trestle-etl reprocess ${source}</code></p>` : ''}
        ${mapping === 'former' ? html`<p class="note">The mapping changed since: <code class="command">trestle-etl reprocess ${source}</code></p>` : ''}
      </div>
      ${item === null ? '' : renderFacts(listFacts(item))}
      ${
        record === null
          ? ''
          : html`<h2>The record, as it was read ${formatSqlTime(record.readAt)}</h2>
              ${renderFacts(Object.entries(toObject(record.payload)).map(([name, value]) => [name, formatValue(value)]))}`
      }
      ${
        near.length === 0
          ? ''
          : html`<h2>Ids next to it</h2>
              <ul>
                ${near.map((each) => html`<li><a href="${itemAddress(source, each)}">${each}</a></li>`)}
              </ul>`
      }`,
  };
}

function describePresence(item: ItemReport['item'], record: ItemReport['record']): Html {
  if (item === null)
    return record === null ? renderBadge('new', 'not stored') : renderBadge('failed', 'not an item');
  return item['deleted_at'] == null ? renderBadge('ok', 'stored') : renderBadge('gone', 'deleted');
}

function listFacts(item: NonNullable<ItemReport['item']>): [string, Content][] {
  const time = (name: string): Content => (item[name] == null ? null : formatSqlTime(String(item[name])));
  return [
    ['Address', item['url'] == null ? null : linkOut(String(item['url']))],
    ...COLUMNS.map((name): [string, Content] => [name, item[name]]),
    ['Published', time('published_at')],
    ['First seen', time('first_seen_at')],
    ['Changed', html`${time('updated_at')} by <a href="/runs/${item['run_id']}">run ${item['run_id']}</a>`],
    ['Deleted', time('deleted_at')],
  ];
}

function toObject(payload: unknown): Record<string, unknown> {
  return typeof payload === 'object' && payload !== null
    ? (payload as Record<string, unknown>)
    : { value: payload };
}

function formatValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= 1000 ? text : `${text.slice(0, 1000)}…`;
}
