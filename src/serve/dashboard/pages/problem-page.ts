import { html } from '../html.ts';
import type { Page } from '../layout.ts';

/** A page that cannot be shown, and why. */
export function renderProblem(title: string, message: string, command?: string): Page {
  return {
    title,
    level: 'bad',
    content: html`<div class="headline">
      <h1>${title}</h1>
      <p class="note">${message}</p>
      ${command === undefined ? '' : html`<p class="note">Next: <code class="command">${command}</code></p>`}
      <p class="note"><a href="/">Back to the overview</a></p>
    </div>`,
  };
}
