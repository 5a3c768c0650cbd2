export type Redactor = {
  /** From now on this text appears in nothing that passes through. */
  hide(secret: string): void;
  clean(text: string): string;
};

/** Takes secrets out of text by their value, so that no place which could hold one has to be known. */
export function redactor(secrets: readonly string[]): Redactor {
  const hidden = new Set<string>();
  const hide = (secret: string): void => {
    // A secret of one or two characters would tear holes into every line.
    if (secret.length < 3) return;
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
      hidden.add(form);
  };
  secrets.forEach(hide);
  return {
    hide,
    clean: (text) => {
      let clean = text;
      // The longest first: one secret can be the beginning of another.
      for (const secret of [...hidden].sort((a, b) => b.length - a.length))
        if (clean.includes(secret)) clean = clean.replaceAll(secret, '[hidden]');
      return clean;
    },
  };
}
