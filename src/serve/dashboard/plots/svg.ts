import { type Html, html } from '../html.ts';

/** Coordinates of pictures; the browser stretches them. */
export const WIDTH = 700;
export const HEIGHT = 120;

/** A point of a line: both numbers between 0 and 1, upwards. */
export type Point = { readonly x: number; readonly y: number };

/** A bar of stacked parts. */
export type Bar = {
  /** From 0 to 1. */
  readonly x: number;
  readonly parts: readonly { readonly share: number; readonly kind: string }[];
  readonly title: string;
  readonly href?: string;
};

/** Draws a picture that needs no script. It has a text beside it: readers of screens skip the picture. */
export function drawPicture(content: readonly Html[], limit?: number): Html {
  const line =
    limit === undefined || limit > 1
      ? ''
      : html`<line class="limit" x1="0" x2="${WIDTH}" y1="${toY(limit)}" y2="${toY(limit)}" />`;
  return html`<svg
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    preserveAspectRatio="none"
    aria-hidden="true"
    focusable="false"
  >
    <line class="base" x1="0" x2="${WIDTH}" y1="${HEIGHT - 0.5}" y2="${HEIGHT - 0.5}" />
    ${content}${line}
  </svg>`;
}

/** Draws the area below a line. */
export function drawArea(points: readonly Point[]): Html {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return html``;
  const line = points.map(({ x, y }) => `L${toX(x)} ${toY(y)}`).join('');
  return html`<path class="area" d="M${toX(first.x)} ${HEIGHT}${line}L${toX(last.x)} ${HEIGHT}Z" />`;
}

/** @param width of a bar, from 0 to 1. */
export function drawBars(bars: readonly Bar[], width: number): readonly Html[] {
  return bars.map(({ x, parts, title, href }) => {
    let below = 0;
    const rects = parts.map(({ share, kind }) => {
      below += share;
      return html`<rect
        class="fill-${kind}"
        x="${toX(x)}"
        y="${toY(below)}"
        width="${toX(width)}"
        height="${toX(share * (HEIGHT / WIDTH))}"
      />`;
    });
    const content = html`<title>${title}</title>${rects}`;
    return href === undefined
      ? html`<g>${content}</g>`
      : html`<a href="${href}" tabindex="-1">${content}</a>`;
  });
}

function toX(share: number): number {
  return Math.round(share * WIDTH * 10) / 10;
}

function toY(share: number): number {
  return Math.round((1 - share) * HEIGHT * 10) / 10;
}
