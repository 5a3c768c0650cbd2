import { encodedForms } from '../lib/encoded-forms.ts';
import { hideSignatures } from '../lib/hide-signatures.ts';

export type Redactor = {
  /** Removes this text from everything that is cleaned from now on. */
  hide(secret: string): void;
  clean(text: string): string;
};

/** Replaces secrets by value, wherever they appear in a text, and the signatures of media addresses. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const hidden = new Set<string>();
  const hide = (secret: string): void => {
    // Replacing one or two characters would make every line unreadable.
    if (secret.length < 3) return;
    for (const form of encodedForms(secret)) hidden.add(form);
  };
  secrets.forEach(hide);
  return {
    hide,
    clean: (text) => {
      let clean = text;
      // Longest first: one secret can be a prefix of another.
      for (const secret of [...hidden].sort((a, b) => b.length - a.length))
        if (clean.includes(secret)) clean = clean.replaceAll(secret, '[hidden]');
      return hideSignatures(clean);
    },
  };
}
