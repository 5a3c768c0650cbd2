import { type Content, type Html, html, jsonBlock } from '../html.ts';

/** The data of a plot for the browser: see client/plots.js. */
export type PlotData = {
  /** Seconds since the epoch. */
  readonly at: readonly number[];
  readonly series: readonly {
    readonly label: string;
    /** A colour of the style sheet. */
    readonly color: string;
    readonly values: readonly (number | null)[];
  }[];
  readonly kind: 'line' | 'bars';
  readonly unit: 's' | 'count';
  readonly limit: number | null;
};

export type Figure = {
  readonly id: string;
  readonly title: string;
  /** What the picture shows, as a sentence. */
  readonly summary: Content;
  readonly picture: Html;
  readonly table: Html;
  /** Names of colours; a single colour needs none. */
  readonly legend?: readonly string[];
  /** Undefined: the picture stays also with scripts. */
  readonly data?: PlotData;
};

/** Writes a plot: a sentence, a picture that scripts replace, and the numbers. */
export function renderFigure({ id, title, summary, picture, table, legend = [], data }: Figure): Html {
  return html`<figure class="${id}-plot">
    <figcaption><strong>${title}</strong><span class="quiet">${summary}</span></figcaption>
    ${
      data === undefined
        ? ''
        : html`<div data-plot="${id}"></div>
            ${jsonBlock(`data-${id}`, data)}`
    }
    ${picture}
    ${
      legend.length === 0
        ? ''
        : html`<ul class="legend" aria-label="Colours">
            ${legend.map(
              (name) =>
                html`<li>
                  <svg viewBox="0 0 10 10" aria-hidden="true">
                    <rect class="fill-${name}" width="10" height="10" rx="2" /></svg
                  >${name}
                </li>`,
            )}
          </ul>`
    }
    <details id="table-${id}">
      <summary>${title} as a table</summary>
      ${table}
    </details>
  </figure>`;
}
