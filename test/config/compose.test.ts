import { describe, expect, test } from 'vitest';
import { composeVariables } from '../../src/config/compose.ts';
import { loadConfig, readConfig } from '../../src/config/config.ts';
import { required, whole } from '../../src/lib/variable-types.ts';
import { defineSettings } from '../../src/sources/settings.ts';

const PLACE = { envFile: '/dev/null', cwd: () => '/' };
const NEEDED = { MYSQL_DATABASE: 'homes', MYSQL_USER: 'etl' };

const county = {
  id: 'county',
  settings: defineSettings({
    variables: { COUNTY_FROM: whole(1, 9), COUNTY_TO: whole(1, 9).default(9), COUNTY_KEY: required },
    secrets: ['COUNTY_KEY'],
    problems: ({ COUNTY_FROM: from = 1, COUNTY_TO: to = 9 }) =>
      from > to ? ['COUNTY_FROM is after COUNTY_TO'] : [],
    build: (values) => ({ years: [values.COUNTY_FROM, values.COUNTY_TO], key: values.COUNTY_KEY }),
  }),
};
const list = { id: 'list' };
const SOURCES = [list, county];

describe('the configuration of sources', () => {
  test('each source builds its own from its variables; one without settings has none', () => {
    const env = { ...NEEDED, COUNTY_FROM: '3', COUNTY_KEY: 'geheim' };
    const config = loadConfig(SOURCES, PLACE, env);
    expect(config.sources).toEqual({ list: {}, county: { years: [3, 9], key: 'geheim' } });
    expect(config.sourceSecrets).toEqual(['geheim']);
    expect(Object.isFrozen(config.sources['county'])).toBe(true);
  });

  test('has the variables of the sources before the common ones', () => {
    const { variables, secrets } = composeVariables(SOURCES);
    const names = Object.keys(variables);
    expect(names.slice(0, 3)).toEqual(['COUNTY_FROM', 'COUNTY_TO', 'COUNTY_KEY']);
    expect(names).toContain('MYSQL_HOST');
    expect([...secrets]).toEqual(expect.arrayContaining(['COUNTY_KEY', 'MYSQL_PASSWORD']));
  });

  test('promise 21: is refused with all problems at once, including the common ones', () => {
    const env = { MYSQL_USER: 'etl', MYSQL_PORT: 'x', COUNTY_FROM: '7', COUNTY_TO: '2' };
    expect(readConfig(SOURCES, PLACE, env).problems).toEqual([
      'COUNTY_KEY must be set',
      'MYSQL_PORT is "x": must be a whole number from 1 to 65535',
      'MYSQL_DATABASE must be set',
      'COUNTY_FROM is after COUNTY_TO',
    ]);
  });

  test('needs no variable of a source that is not in the registry', () => {
    expect(readConfig([list], PLACE, NEEDED).problems).toEqual([]);
  });
});
