import type { Edm } from './edm.ts';

/** Resolves the name of a type in a document to its qualified name; undefined if there is no such type. */
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
 * Matches a qualified name, or a name with an alias of the namespace. Also matches a simple name that only one type has:
 * a service that renamed its namespace may not have renamed it everywhere.
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
    // OData's own types are not declared in a document.
    if (text.startsWith('Edm.')) return undefined;
    const name = stripNamespace(text);
    const namespace = aliases.get(text.slice(0, Math.max(0, text.length - name.length - 1)));
    const aliased = `${namespace ?? ''}.${name}`;
    return whole.has(aliased) ? aliased : bySimpleName.get(name);
  };
}

/** Returns a type's name without its namespace. */
export function stripNamespace(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
