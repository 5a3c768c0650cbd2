/**
 * JSON.parse, except that numbers with more digits than a double holds are returned as text, digit for digit.
 * A number of up to 15 significant digits survives conversion to a double and back (IEEE 754, DBL_DIG).
 * @throws SyntaxError as JSON.parse does.
 */
export function parseExact(json: string): unknown {
  const value: unknown = JSON.parse(json);
  return LONG.test(json) ? JSON.parse(quoteLongNumbers(json)) : value;
}

/** Cheap and broad: it may also match inside strings, which `quoteLongNumbers` leaves alone. */
const LONG = /[:[,]\s*-?(?:[\d.]{16}|[\d.]+[eE])/;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

function quoteLongNumbers(json: string): string {
  return json.replace(TOKEN, (token) => (token.startsWith('"') || fitsDouble(token) ? token : `"${token}"`));
}

function fitsDouble(number: string): boolean {
  return !/[eE]/.test(number) && number.replace(/[-.]/g, '').replace(/^0+/, '').length <= 15;
}
