import { type Html, html } from '../html.ts';
import type { Level } from '../state.ts';

const LEVELS: Readonly<Record<string, Level>> = {
  success: 'ok',
  ok: 'ok',
  partial: 'warn',
  failing: 'bad',
  failed: 'bad',
  wrong: 'bad',
  gone: 'bad',
  paused: 'warn',
  warn: 'warn',
  error: 'bad',
  running: 'new',
  new: 'new',
};

/** A state as a coloured word. */
export function renderBadge(state: string, text: string = state): Html {
  return html`<span class="state ${LEVELS[state] ?? 'quiet'}">${text}</span>`;
}
