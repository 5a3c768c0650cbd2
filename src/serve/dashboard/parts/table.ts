import { type Content, type Html, html } from '../html.ts';

export type TableColumn<T> = {
  readonly head: string;
  readonly cell: (row: T) => Content;
  /** Numbers are aligned at the right; texts may be broken into lines. */
  readonly kind?: 'number' | 'text';
};

/** Writes a table that scrolls by itself if it is wider than the page. */
export function renderTable<T>(
  label: string,
  columns: readonly TableColumn<T>[],
  rows: readonly T[],
  empty: Content = 'None.',
): Html {
  if (rows.length === 0) return html`<p class="quiet">${empty}</p>`;
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${columns.map(({ head, kind = '' }) => html`<th scope="col" class="${kind}">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map(({ cell, kind = 'tight' }) => html`<td class="${kind}">${cell(row)}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}
