import { readPrivate, writePrivate } from '../../host/private-file.ts';
import { dropDownload } from './part.ts';
import { isSameState, type Validators } from './validators.ts';

/** A state of a file that was fetched and found to be damaged. */
export type Damage = {
  readonly validators: Validators;
  readonly sha256: string | undefined;
  /** How often it was fetched. */
  readonly times: number;
};

const damageOf = (file: string): string => `${file}.damage.json`;

/**
 * Removes a file that is damaged inside, so that the next download fetches it again, and remembers that in `FILE.damage.json`.
 * @returns how often this state of the file was fetched and damaged.
 */
export function recordDamage(
  file: string,
  { sha256, ...validators }: Validators & { readonly sha256: string | undefined },
): number {
  const before = readDamage(file);
  const isSame =
    before !== undefined &&
    (isSameState(before.validators, validators) || (sha256 !== undefined && before.sha256 === sha256));
  const times = isSame ? before.times + 1 : 1;
  dropDownload(file);
  writePrivate(damageOf(file), { ...validators, sha256, times });
  return times;
}

/** Reads what is remembered of a file that was damaged; undefined if it never was. */
export function readDamage(file: string): Damage | undefined {
  const found = readPrivate(damageOf(file)) as Readonly<Record<string, unknown>> | null | undefined;
  if (found === null || found === undefined) return undefined;
  const textOf = (name: string): string | undefined => {
    const value = found[name];
    return typeof value === 'string' ? value : undefined;
  };
  const numberOf = (name: string): number | undefined => {
    const value = found[name];
    return Number.isSafeInteger(value) ? (value as number) : undefined;
  };
  const validators = {
    etag: textOf('etag'),
    lastModified: textOf('lastModified'),
    bytes: numberOf('bytes'),
  };
  return { validators, sha256: textOf('sha256'), times: numberOf('times') ?? 0 };
}
