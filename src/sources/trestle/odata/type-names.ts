import type { Edm } from './edm.ts';

/** Finds a type by what a document calls it; undefined where there is no such type. */
export type TypeNames = Readonly<
  Record<'entity' | 'enum' | 'definition', (text: string) => string | undefined>
>;

export function createTypeNames(edm: Edm): TypeNames {
  return {
    entity: createFinder(edm.aliases, [...edm.entities.keys()]),
    enum: createFinder(edm.aliases, [...edm.enums.keys()]),
    definition: createFinder(edm.aliases, [...edm.definitions.keys()]),
  };
}

/**
 * By its whole name, or by an alias of its namespace. By its name alone where only one type has that: a service that
 * renamed its namespace need not have renamed it everywhere.
 */
function createFinder(aliases: ReadonlyMap<string, string>, types: readonly string[]) {
  const whole = new Set(types);
  const bySimpleName = new Map<string, string | undefined>();
  for (const type of types) {
    const name = stripNamespace(type);
    bySimpleName.set(name, bySimpleName.has(name) ? undefined : type);
  }
  return (text: string): string | undefined => {
    if (whole.has(text)) return text;
    // The types of OData itself are no document's.
    if (text.startsWith('Edm.')) return undefined;
    const name = stripNamespace(text);
    const namespace = aliases.get(text.slice(0, Math.max(0, text.length - name.length - 1)));
    const aliased = `${namespace ?? ''}.${name}`;
    return whole.has(aliased) ? aliased : bySimpleName.get(name);
  };
}

/** Without its namespace. */
export function stripNamespace(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
