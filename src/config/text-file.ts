import { ConfigError } from '../errors.ts';
import { quoteForShell } from '../lib/quote-for-shell.ts';
import { decodeUtf8, findEncodingProblem } from '../lib/encoding.ts';

/** Decodes a file that a user wrote. @throws ConfigError if its bytes are not UTF-8. */
export function decodeFile(path: string, bytes: Buffer): string {
  const found = findEncodingProblem(bytes);
  if (found === undefined) return decodeUtf8(bytes);
  const { problem, from } = found;
  const [old, converted] = [path, `${path}.new`].map(quoteForShell);
  const hint =
    from === undefined
      ? 'replace it with a text file in UTF-8; a certificate must be in PEM format'
      : `save it as UTF-8, or convert it: iconv -f ${from} -t UTF-8 ${old} > ${converted} && mv ${converted} ${old}`;
  throw new ConfigError(`${path} ${problem}`, { op: 'configuration', hint });
}
