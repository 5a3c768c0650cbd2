import type { FieldIssue } from '../../model/field-issue.ts';

/** What the column of a field with an issue holds. */
export const ACTIONS: Readonly<Record<FieldIssue['action'], string>> = {
  rounded: 'rounded',
  cut: 'cut',
  replaced: 'incomplete characters replaced',
  null: 'stored as NULL',
};

/** `has 80 characters, its column 64 (cut): Vista del …` */
export function describeIssue({ rule, action, value }: FieldIssue): string {
  return `${rule} (${ACTIONS[action]}): ${value}`;
}
