import type { Edm } from './edm.ts';

/** Finds a type by what a document calls it; undefined where there is no such type. */
export type TypeNames = Readonly<
  Record<'entity' | 'enum' | 'definition', (text: string) => string | undefined>
>;

export function typeNames(edm: Edm): TypeNames {
  return {
    entity: finder(edm.aliases, [...edm.entities.keys()]),
    enum: finder(edm.aliases, [...edm.enums.keys()]),
    definition: finder(edm.aliases, [...edm.definitions.keys()]),
  };
}

/**
 * By its whole name, or by an alias of its namespace. By its name alone where only one type has that: a service that
 * renamed its namespace need not have renamed it everywhere.
 */
function finder(aliases: ReadonlyMap<string, string>, types: readonly string[]) {
  const whole = new Set(types);
  const alone = new Map<string, string | undefined>();
  for (const type of types) {
    const name = simpleName(type);
    alone.set(name, alone.has(name) ? undefined : type);
  }
  return (text: string): string | undefined => {
    if (whole.has(text)) return text;
    // The types of OData itself are no document's.
    if (text.startsWith('Edm.')) return undefined;
    const name = simpleName(text);
    const namespace = aliases.get(text.slice(0, Math.max(0, text.length - name.length - 1)));
    const aliased = `${namespace ?? ''}.${name}`;
    return whole.has(aliased) ? aliased : alone.get(name);
  };
}

/** Without its namespace. */
export function simpleName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
