/**
 * JSON.parse, but numbers with more digits than a double holds come as text, digit for digit.
 * A number of up to 15 significant digits survives the way through a double unchanged (IEEE 754, DBL_DIG).
 * @throws SyntaxError as JSON.parse does.
 */
export function parseExact(json: string): unknown {
  const value: unknown = JSON.parse(json);
  return LONG.test(json) ? JSON.parse(quoteLongNumbers(json)) : value;
}

/** Cheap and broad: it may meet text inside strings, which `quoteLongNumbers` then leaves alone. */
const LONG = /[:[,]\s*-?(?:[\d.]{16}|[\d.]+[eE])/;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

function quoteLongNumbers(json: string): string {
  return json.replace(TOKEN, (token) => (token.startsWith('"') || fitsDouble(token) ? token : `"${token}"`));
}

function fitsDouble(number: string): boolean {
  return !/[eE]/.test(number) && number.replace(/[-.]/g, '').replace(/^0+/, '').length <= 15;
}
