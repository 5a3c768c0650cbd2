import { ConfigError, UsageError } from '../../errors.ts';
import type { Field, Dataset } from '../../dataset/dataset.ts';
import type { FeedSet } from '../../dataset/feed-schema.ts';
import type { Addition } from '../../dataset/addition.ts';
import { findColumnProblem } from '../../dataset/additions.ts';
import { columnOf } from '../../dataset/names.ts';
import { findNearest } from '../../lib/edit-distance.ts';
import { parseType, TYPE_NAMES, columnTypeFor } from '../../dataset/types.ts';

/** The fields of a dataset that are to become columns. */
export type FieldRequest = {
  readonly names: readonly string[];
  /** Every field of the feed that has no column, instead of `names`. */
  readonly all: boolean;
  /** The type of all of them, instead of the feed's own. */
  readonly as: string | undefined;
  readonly isIndexed: boolean;
};

export type RequestedFields = {
  readonly fields: readonly Field[];
  /** Why fields were left out, for people. */
  readonly notes: readonly string[];
};

/**
 * Resolves the requested fields and their types. Fields that the user has already added are left out.
 * @param set the feed's schema of the dataset; undefined if it was not read yet.
 * @throws UsageError for an unknown or unsuitable field; ConfigError if the feed's schema is needed and missing.
 */
export function resolveFields(
  dataset: Dataset,
  set: FeedSet | undefined,
  request: FieldRequest,
): RequestedFields {
  const { names } = request;
  if ((names.length === 0) !== request.all) {
    throw usageError(
      'fields add takes the names of fields, or --all',
      `fields add ${dataset.name} Appliances`,
    );
  }
  const all = request.all ? Object.keys(requireSet(dataset, set).fields) : names;
  const added = new Set(Object.keys(dataset.added ?? {}));
  const own = new Set(dataset.fields.map((field) => field.name));
  const fresh = [...new Set(all)].filter((name) => !added.has(name) && !(request.all && own.has(name)));
  const notes: string[] = [];
  const fields = fresh.flatMap((name): Field[] => {
    try {
      return [resolveField(dataset, set, name, request)];
    } catch (error) {
      if (!request.all || !(error instanceof UsageError)) throw error;
      notes.push(`${error.message}: left out`);
      return [];
    }
  });
  return { fields, notes };
}

function resolveField(dataset: Dataset, set: FeedSet | undefined, name: string, { as }: FieldRequest): Field {
  const why = findColumnProblem(dataset, name);
  if (why !== undefined) throw usageError(`${dataset.name}.${name} ${why}`, 'fields list');
  if (as !== undefined) {
    return { name, column: columnOf(name), type: parseTypeFlag(as) };
  }
  const { fields } = requireSet(dataset, set);
  const described = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (described === undefined) {
    const nearest = findNearest(name, Object.keys(fields));
    throw usageError(
      `the feed has no field ${dataset.name}.${name}${nearest === undefined ? '' : ` (did you mean ${nearest}?)`}`,
      `fields list shows the fields it has; with --as, a column is filled from the payloads' values of that name`,
    );
  }
  const type = columnTypeFor(described);
  if (type === undefined) {
    throw usageError(
      `${dataset.name}.${name} is of type ${described.type}, which is not a single value`,
      'fields list',
    );
  }
  return { name, column: columnOf(name), type };
}

/** Parses the type of `--as`. @throws UsageError */
export function parseTypeFlag(as: string): Field['type'] {
  const type = parseType(as);
  if (type !== undefined) return type;
  throw usageError(`--as is "${as.slice(0, 60)}": must be one of ${TYPE_NAMES}`, 'fields add --help');
}

function requireSet(dataset: Dataset, set: FeedSet | undefined): FeedSet {
  if (set !== undefined) return set;
  throw new ConfigError(`the feed's schema of ${dataset.name} is not known yet`, {
    op: 'add fields',
    hint: "trestle-etl sync reads it; or name the type: --as 'varchar(500)'",
  });
}

function usageError(message: string, hint: string): UsageError {
  return new UsageError(message, {
    op: 'read arguments',
    hint: hint.startsWith('fields ') && !hint.includes(' shows ') ? `trestle-etl ${hint}` : hint,
  });
}

/** The file entry of a new column. */
export function additionOf(field: Field, dataset: Dataset, type: string, isIndexed: boolean): Addition {
  const table = field.table ?? dataset.table;
  return {
    type,
    ...(isIndexed ? { index: true } : {}),
    ...(table === dataset.table ? {} : { table }),
  };
}
