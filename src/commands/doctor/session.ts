import { type SessionSetting, SESSION_SETTINGS } from '../../db/session.ts';
import type { ServerVariables } from '../../db/server-variables.ts';
import { fail, type Finding, ok, warn } from '../../sources/check.ts';

/**
 * Compares the variables of a connection with the values that each connection sets: a proxy may drop a SET, and a server may
 * reserve a variable for administrators. Variables that the server does not have are not compared.
 */
export function checkSession(values: ServerVariables): Finding {
  const wrong = SESSION_SETTINGS.filter((setting) => differs(setting, values[setting.name]));
  if (wrong.length === 0) {
    const compared = SESSION_SETTINGS.filter(({ name }) => values[name] !== undefined).length;
    return ok(`${compared} variables have the values that each connection sets`);
  }
  const list = wrong.map(({ name, value }) => `${name} is '${values[name]}' instead of ${value}`).join('\n');
  const essential = wrong.filter(({ isEssential }) => isEssential === true);
  if (essential.length > 0) {
    return fail(
      list,
      'something between this machine and the server changes sessions: set MYSQL_HOST to the server itself',
    );
  }
  const globals = wrong.map(({ name, value }) => `SET GLOBAL ${name} = ${value}`).join('; ');
  return warn(list, `as the server's administrator: ${globals}`);
}

function differs({ value }: SessionSetting, shown: string | undefined): boolean {
  return shown !== undefined && normalize(shown) !== normalize(value.replaceAll("'", ''));
}

/** `1` and `ON`, `0` and `0.000000` are equal; the order of a list does not matter. */
function normalize(text: string): string {
  if (text !== '' && !Number.isNaN(Number(text))) return String(Number(text));
  const word = text.toLowerCase();
  if (word === 'on' || word === 'off') return word === 'on' ? '1' : '0';
  return word.split(',').sort().join(',');
}
