import type { Level } from './state.ts';

const COLORS: Readonly<Record<Level, string>> = {
  ok: '#1a7f4b',
  warn: '#b7791f',
  bad: '#c0362c',
  new: '#4a6fa5',
};

/** Each differs in shape too: colours alone are not seen by everyone. */
const SIGNS: Readonly<Record<Level, string>> = {
  ok: '<path d="M9 16.5l5 5 9-10"/>',
  warn: '<path d="M16 8v10M16 23v.5"/>',
  bad: '<path d="M10 10l12 12M22 10L10 22"/>',
  new: '<path d="M10 16h12"/>',
};

/** Draws the icon of a state. */
export function drawFavicon(level: Level): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="${COLORS[level]}"/>` +
    `<g fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">${SIGNS[level]}</g></svg>`
  );
}
