/** A piece of a page, in which every text is escaped. Only this file creates one. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may contain. Nothing is written for null, undefined and false. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

/** Writes a piece of a page: html`<p>${text}</p>`. Texts are escaped, also within quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(strings.reduce((all, part, nth) => `${all}${write(values[nth - 1])}${part}`));
}

/** Writes data for scripts, which the browser does not run. */
export function jsonBlock(id: string, data: unknown): Html {
  const json = JSON.stringify(data).replaceAll('<', String.raw`\u003c`);
  return new Html(`<script type="application/json" id="${escape(id)}">${json}</script>`);
}

/**
 * Writes the element that loads a script. Not by a tagged template: the bundler rewrites one with the end of a script in it, with
 * a package that is not installed.
 */
export function loadScript(address: string, kind: 'defer' | 'module'): Html {
  const how = kind === 'defer' ? 'defer' : 'type="module"';
  return new Html(`<script src="${escape(address)}" ${how}></script>`);
}

function write(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(write).join('');
  return escape(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
