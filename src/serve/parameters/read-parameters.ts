import { editDistance } from '../../lib/edit-distance.ts';
import type * as z from '../../lib/zod.ts';
import { RequestError } from '../request-error.ts';

/** The parameters of a route by name. One that may be left out is optional. An array may be given several times. */
export type Parameters = Readonly<Record<string, z.ZodType>>;

export type ParameterValues<P extends Parameters> = { readonly [Name in keyof P]: z.output<P[Name]> };

/**
 * Reads the parameters of a request.
 * @throws RequestError (400) for an unknown parameter, with the name that is nearest; for one that is given twice; for a value
 *   that is not of its type.
 */
export function readParameters<P extends Parameters>(
  parameters: P,
  query: URLSearchParams,
): ParameterValues<P> {
  const unknown = [...query.keys()].find((name) => !Object.hasOwn(parameters, name));
  if (unknown !== undefined) throw createUnknownError(unknown, Object.keys(parameters));
  const values = Object.entries(parameters).map(([name, type]) => {
    const texts = query.getAll(name);
    return [name, readParameter(name, type, texts)] as const;
  });
  return Object.fromEntries(values) as ParameterValues<P>;
}

function readParameter(name: string, type: z.ZodType, texts: readonly string[]): unknown {
  const isList = takesList(type);
  if (texts.length > 1 && !isList) {
    throw new RequestError(400, 'repeated_parameter', `${name} may be given once`, name);
  }
  const input = texts.length === 0 ? undefined : isList ? texts : texts[0];
  const parsed = type.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new RequestError(
    400,
    'invalid_parameter',
    `${name} ${parsed.error.issues[0]?.message ?? 'is not valid'}`,
    name,
  );
}

/** Whether a parameter may be given several times. */
export function takesList(type: z.ZodType): boolean {
  const { def } = type as unknown as { def: { type: string; innerType?: z.ZodType } };
  return def.type === 'array' || (def.innerType !== undefined && takesList(def.innerType));
}

function createUnknownError(name: string, known: readonly string[]): RequestError {
  const near = known
    .map((each) => ({ each, distance: editDistance(each, name.slice(0, 64).toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  const hint =
    near === undefined
      ? 'this address takes no parameters'
      : near.distance <= 3 && name !== ''
        ? `did you mean ${near.each}?`
        : `the parameters are ${known.join(', ')}`;
  return new RequestError(
    400,
    'unknown_parameter',
    name === '' ? `a parameter has no name: ${hint}` : `unknown parameter ${name.slice(0, 64)}: ${hint}`,
    name.slice(0, 64),
  );
}
