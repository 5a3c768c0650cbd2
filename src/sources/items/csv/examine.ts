import { createHash } from 'node:crypto';
import { chooseEncoding, createByteExaminer } from '../encoding.ts';
import type { Content } from './content.ts';

/** What a first pass over the whole content of a file shows. */
export type ExaminedContent = {
  /** Of the unpacked content: the same table in another archive is not new. */
  readonly sha256: string;
  readonly encoding: string;
  /** Bytes that are not text in this encoding are possible. */
  readonly isDoubtful: boolean;
  /** Its encoding was neither declared nor shown by its bytes. */
  readonly isGuessed: boolean;
};

/** Reads a file once, to find its identity and its encoding. @param declared the encoding of the settings. */
export async function examineContent(
  content: Content,
  declared: string | undefined,
  signal: AbortSignal,
): Promise<ExaminedContent> {
  const hash = createHash('sha256');
  const examiner = createByteExaminer();
  for await (const chunk of content.read(signal)) {
    hash.update(chunk);
    examiner.add(chunk);
  }
  const facts = examiner.facts();
  const encoding = chooseEncoding(facts, declared);
  return {
    sha256: hash.digest('hex'),
    encoding,
    isDoubtful: !facts.isUtf8 && encoding !== 'windows-1252',
    isGuessed: !facts.isUtf8 && facts.marked === undefined && declared === undefined,
  };
}
