import type { Checkpoint, ItemBatch, ItemReader } from '../items.ts';
import { mapTexts, type References } from './references.ts';

/**
 * Keeps the values of variables out of checkpoints and warnings: servers repeat a key in the address of the next page, and
 * redirects keep it in a path.
 */
export function withReferences(reader: ItemReader, references: References): ItemReader {
  return {
    ...reader,
    read: async function* (options, signal): AsyncGenerator<ItemBatch> {
      const { checkpoint } = options;
      const known = checkpoint && changeTexts(checkpoint, references.insert);
      for await (const batch of reader.read({ ...options, checkpoint: known }, signal)) {
        yield {
          ...batch,
          checkpoint: changeTexts(batch.checkpoint, references.hide),
          warnings: batch.warnings.map((warning) => references.hide(warning)),
        };
      }
    },
  };
}

function changeTexts(checkpoint: Checkpoint, change: (text: string) => string): Checkpoint {
  const { position, validators } = checkpoint;
  return {
    ...checkpoint,
    position: position && { ...position, at: mapTexts(position.at, change) },
    validators: mapTexts(validators, change) as Checkpoint['validators'],
  };
}
