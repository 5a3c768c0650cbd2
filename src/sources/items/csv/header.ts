import { ConfigError } from '../../../errors.ts';

/**
 * Checks the names of the columns, without blanks around them.
 * @throws ConfigError if one is empty or not unique: then a value could be read as another one.
 */
export function readHeader(title: string, fields: readonly string[]): readonly string[] {
  const names = fields.map((field) => field.trim());
  const unnamed = names.flatMap((name, index) => (name === '' ? [index + 1] : []));
  const repeated = [...new Set(names.filter((name, index) => name !== '' && names.indexOf(name) < index))];
  const problems = [
    ...(unnamed.length > 0 ? [`column ${unnamed.join(', ')} has no name`] : []),
    ...repeated.map((name) => `${JSON.stringify(name)} is the name of several columns`),
  ];
  if (problems.length === 0) return names;
  throw new ConfigError(`${title}: ${problems.join('; ')}`, {
    op: 'read CSV',
    hint: 'give this source columns: [...] in sources.yaml, with skip_lines: 1 to skip this header',
  });
}
