import { ConfigError } from '../../../errors.ts';
import { type Archive, type Member, openArchive } from '../../archive/index.ts';

/** What a file may unpack to. Repeated values compress well: DEFLATE ends at 1032. */
const LIMITS = { maxBytes: 200 * 1024 ** 3, maxRatio: 1100, maxMembers: 10_000 };

const TABLE_NAME = /\.(?:csv|tsv|tab|txt)$/i;

/** The bytes of a table: a plain file, or a member of an archive. Names do not decide which. */
export type Content = {
  read(signal: AbortSignal): AsyncIterable<Buffer>;
  close(): Promise<void>;
};

/**
 * Opens a file, a GZ file, or a member of a ZIP or TAR archive.
 * @param wanted the name of the member; undefined: it is the only table.
 * @throws ConfigError if it is not clear which member is meant; DamagedFileError; FatalError for what is not a table.
 */
export async function openContent(path: string, title: string, wanted: string | undefined): Promise<Content> {
  const archive = await openArchive(path, LIMITS);
  try {
    const member = chooseMember(archive, title, wanted);
    return { read: (signal) => member.open(signal), close: () => archive.close() };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

function chooseMember({ members }: Archive, title: string, wanted: string | undefined): Member {
  const tables = members.filter(({ name }) => TABLE_NAME.test(name));
  const named = members.filter(({ name, path }) => name === wanted || path === wanted);
  const found = wanted === undefined || members.length === 1 ? members : named;
  const [first, second] = found.length > 1 ? tables : found;
  if (first !== undefined && second === undefined) return first;
  const names = members
    .slice(0, 10)
    .map(({ path }) => path)
    .join(', ');
  const reason = wanted === undefined ? 'has several files' : `does not have ${wanted}`;
  throw new ConfigError(`${title} ${members.length === 0 ? 'is empty' : `${reason}: ${names}`}`, {
    op: 'read CSV',
    hint: 'set file of this source in sources.yaml to one of them',
  });
}
