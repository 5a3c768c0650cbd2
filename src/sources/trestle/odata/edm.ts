import { type Visitor, visitXml } from './xml.ts';

export type Attributes = Readonly<Record<string, string>>;

/** An entity type with its own declarations, without inherited ones. */
export type Entity = {
  readonly name: string;
  readonly attributes: Attributes;
  readonly key: string[];
  readonly fields: Map<string, Attributes>;
  readonly links: Map<string, Attributes>;
};

/** The declarations of a `$metadata` document, unchanged. Types are listed by their qualified names. */
export type Edm = {
  /** Namespaces of the schemas, in the order of the document. */
  readonly namespaces: string[];
  readonly aliases: Map<string, string>;
  readonly entities: Map<string, Entity>;
  readonly enums: Map<string, { readonly members: string[]; readonly isFlags: boolean }>;
  /** Type definitions: another type with its own facets, such as a length. */
  readonly definitions: Map<string, Attributes>;
  /** Entity set → its entity type. */
  readonly sets: Map<string, string>;
  /** `Type/Field` → the list of values that an annotation names. */
  readonly lists: Map<string, string>;
};

/** RESO's annotation that names the list of values of a plain string field. */
const LOOKUP = /(^|\.)LookupName$/;

/** @throws SyntaxError */
export function readEdm(text: string): Edm {
  const reader = new Reader();
  visitXml(text, reader);
  return reader.edm;
}

class Reader implements Visitor {
  readonly edm: Edm = {
    namespaces: [],
    aliases: new Map(),
    entities: new Map(),
    enums: new Map(),
    definitions: new Map(),
    sets: new Map(),
    lists: new Map(),
  };
  readonly #path: { readonly name: string; readonly attributes: Attributes }[] = [];

  open(name: string, attributes: Attributes): void {
    if (name === 'Schema') this.#schema(attributes);
    else if (this.#isIn('Schema')) this.#type(name, attributes);
    else if (this.#isIn('Schema', 'EntityType')) this.#member(name, attributes);
    else if (name === 'Annotation') this.#annotation(attributes);
    else this.#part(name, attributes['Name'] ?? '', attributes);
    this.#path.push({ name, attributes });
  }

  close(): void {
    this.#path.pop();
  }

  #schema({ Namespace: namespace = '', Alias: alias }: Attributes): void {
    this.edm.namespaces.push(namespace);
    if (alias !== undefined) this.edm.aliases.set(alias, namespace);
  }

  #type(kind: string, attributes: Attributes): void {
    const { Name: name = '' } = attributes;
    const whole = `${this.#above(1)['Namespace'] ?? ''}.${name}`;
    if (kind === 'EnumType') {
      this.edm.enums.set(whole, { members: [], isFlags: attributes['IsFlags'] === 'true' });
    }
    if (kind === 'TypeDefinition') this.edm.definitions.set(whole, attributes);
    if (kind !== 'EntityType') return;
    this.edm.entities.set(whole, { name, attributes, key: [], fields: new Map(), links: new Map() });
  }

  #member(kind: string, attributes: Attributes): void {
    const { Name: name = '' } = attributes;
    const entity = this.edm.entities.get(this.#typeAt(1));
    if (kind === 'Property') entity?.fields.set(name, attributes);
    if (kind === 'NavigationProperty') entity?.links.set(name, attributes);
  }

  #part(kind: string, name: string, attributes: Attributes): void {
    if (kind === 'EntitySet' && this.#isIn('EntityContainer')) {
      this.edm.sets.set(name, attributes['EntityType'] ?? '');
    }
    if (kind === 'Member' && this.#isIn('EnumType')) {
      this.edm.enums.get(this.#typeAt(1))?.members.push(name);
    }
    if (kind === 'PropertyRef' && this.#isIn('EntityType', 'Key')) {
      this.edm.entities.get(this.#typeAt(2))?.key.push(name);
    }
  }

  /** An annotation is inside its field's element, or separate with a `Target`. */
  #annotation({ Term: term = '', String: list }: Attributes): void {
    if (list === undefined || !LOOKUP.test(term)) return;
    const { Name: field = '', Target: target } = this.#above(1);
    if (this.#isIn('EntityType', 'Property')) this.edm.lists.set(`${this.#typeAt(2)}/${field}`, list);
    if (this.#isIn('Annotations') && target !== undefined) this.edm.lists.set(target, list);
  }

  /** The attributes of the element this many levels up. */
  #above(steps: number): Attributes {
    return this.#path.at(-steps)?.attributes ?? {};
  }

  /** The qualified name of the type this many levels up. */
  #typeAt(steps: number): string {
    return `${this.#above(steps + 1)['Namespace'] ?? ''}.${this.#above(steps)['Name'] ?? ''}`;
  }

  #isIn(...names: readonly string[]): boolean {
    return names.every((name, index) => this.#path.at(index - names.length)?.name === name);
  }
}
