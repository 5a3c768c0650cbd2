import { type Content, type Html, html } from '../html.ts';

/** Names and values; those without a value are left out. */
export function renderFacts(facts: readonly (readonly [string, Content])[]): Html {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== false);
  return html`<dl class="card">
    ${known.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd> `,
    )}
  </dl>`;
}

/** The command that the user runs where other pages have a button. */
export function renderCommand(command: string): Html {
  return html`<code class="command">${command}</code>`;
}
