import type { Context } from '../app/context.ts';
import { formatInteger } from '../lib/number.ts';
import { formatYaml } from '../lib/yaml.ts';
import { hideTypedSecrets } from '../sources/hide-typed-secrets.ts';
import type { SourceSettings } from './source-settings.ts';

/** Describes how a source is configured, without secrets. */
export function describeSettings(
  { config, sourceNamed, tools }: Pick<Context, 'config' | 'sourceNamed' | 'tools'>,
  source: string,
): SourceSettings {
  const entry = config.added.find(({ id }) => id === source)?.entry;
  if (entry !== undefined) {
    return { entry: tools.clean(formatYaml({ [source]: hideTypedSecrets(entry, source) })), facts: [] };
  }
  const { resources, reading } = sourceNamed(source);
  const filters = Object.entries(reading.filters).flatMap(([name, filter]) =>
    filter === undefined ? [] : [[`Filter of ${name}`, tools.clean(filter)] as const],
  );
  return {
    entry: undefined,
    facts: [
      ['Datasets', resources.map(({ name }) => name).join(', ')],
      ...filters,
      ['Records a request', formatInteger(reading.pageSize)],
      ['Quota left to others', `${reading.reservePercent} %`],
    ],
  };
}
