import type { FieldIssue } from '../model/field-issue.ts';

/**
 * A value ready to bind. If it has a `rule`, it differs from the sent value: `rule` describes the problem, `action` names what was
 * done about it.
 */
export type Converted = {
  readonly value: string | null;
  readonly rule?: string;
  readonly action?: FieldIssue['action'];
  /** The rounded digits are an artefact of binary floating point: `449000.00000000006`. */
  readonly isNoise?: true;
};

/** Returns NULL for a value that cannot be stored at all. */
export function failConversion(rule: string): Converted {
  return { value: null, rule, action: 'null' };
}
