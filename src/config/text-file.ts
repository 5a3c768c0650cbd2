import { ConfigError } from '../errors.ts';
import { decodeUtf8, findEncodingProblem } from '../lib/encoding.ts';

/** The text of a file that a person wrote. @throws ConfigError if its bytes are not UTF-8. */
export function decodeFile(path: string, bytes: Buffer): string {
  const found = findEncodingProblem(bytes);
  if (found === undefined) return decodeUtf8(bytes);
  const { problem, from } = found;
  const [old, converted] = [path, `${path}.new`].map(shellWord);
  const hint =
    from === undefined
      ? 'replace it by a text file in UTF-8; a certificate must be in PEM format'
      : `save it as UTF-8, or convert it: iconv -f ${from} -t UTF-8 ${old} > ${converted} && mv ${converted} ${old}`;
  throw new ConfigError(`${path} ${problem}`, { op: 'configuration', hint });
}

/** A path as a POSIX shell reads it. */
function shellWord(path: string): string {
  return /^[\w./+-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
