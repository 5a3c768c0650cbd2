import { stat, truncate } from 'node:fs/promises';
import type { District } from '../data/district.ts';
import type { ContentFault } from '../faults.ts';
import type { CountyTable } from '../table.ts';
import { memberChunks } from './member.ts';
import { type ZipMember, writeZip } from '../../shared/zip.ts';

const ENCRYPTED_FLAG = 1;
const DEFLATE64 = 9;
const LINK_MODE = 0o120777;
const BOMB_CHUNKS = 1024;
const EVIL_NAMES = ['../../evil.txt', '/evil.txt', 'C:\\evil.txt', '..\\evil.txt'];

export type ArchiveContents = {
  readonly tables: readonly CountyTable[];
  readonly district: District;
  readonly faults: readonly ContentFault[];
};

/** Writes an archive; stops if the signal is aborted. */
export async function buildArchive(
  file: string,
  { tables, district, faults }: ArchiveContents,
  signal: AbortSignal,
): Promise<void> {
  const members = tables.flatMap((table, nth) =>
    applyFaults(
      table,
      district,
      faults.filter((fault) => fault.table === table.name || (fault.table === undefined && nth === 0)),
    ),
  );
  const kinds = new Set(faults.map(({ kind }) => kind));
  if (kinds.has('traversal')) members.push(...EVIL_NAMES.map((name) => textMember(name, 'evil\r\n')));
  if (kinds.has('nested')) members.push(textMember('more.zip', 'PK\x05\x06'.padEnd(22, '\0')));
  await writeZip(file, members, signal);
  if (kinds.has('half-archive')) await truncate(file, Math.floor((await stat(file)).size / 2));
}

/** The members of a table: one, unless a fault removes or repeats it. */
function applyFaults(table: CountyTable, district: District, faults: readonly ContentFault[]): ZipMember[] {
  const kinds = new Set(faults.map(({ kind }) => kind));
  if (kinds.has('missing-member')) return [];
  const renaming = faults.find((fault) => fault.kind === 'rename-column');
  const changes = {
    hasNoHeader: kinds.has('no-header'),
    hasHalfOfRows: kinds.has('half-rows'),
    renamed: renaming,
  };
  const member: ZipMember = {
    name: table.memberOf(district),
    chunks: kinds.has('bomb') ? bomb : () => memberChunks(table, district, changes),
    ...(kinds.has('wrong-crc') ? { crcError: 1 } : {}),
    ...(kinds.has('encrypted') ? { flags: ENCRYPTED_FLAG } : {}),
    ...(kinds.has('deflate64') ? { method: DEFLATE64 } : {}),
    ...(kinds.has('link') ? { mode: LINK_MODE } : {}),
  };
  return kinds.has('duplicate-member') ? [member, member] : [member];
}

function textMember(name: string, text: string): ZipMember {
  return { name, chunks: () => [Buffer.from(text, 'latin1')] };
}

function* bomb(): Generator<Buffer> {
  const zeros = Buffer.alloc(1 << 16);
  for (let n = 0; n < BOMB_CHUNKS; n++) yield zeros;
}
