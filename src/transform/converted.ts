import type { FieldIssue } from '../model/field-issue.ts';

/**
 * A value ready to bind. With a `rule` it is not what was sent: `rule` names what is wrong with that, `action` what was
 * done about it.
 */
export type Converted = {
  readonly value: string | null;
  readonly rule?: string;
  readonly action?: FieldIssue['action'];
  /** The digits that were rounded away are an artefact of binary floating point: `449000.00000000006`. */
  readonly isNoise?: true;
};

/** Nothing of the value can be stored. */
export function unusable(rule: string): Converted {
  return { value: null, rule, action: 'null' };
}
