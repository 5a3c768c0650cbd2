import { stamp } from '../instant.ts';
import { decimal, type Rec, textIn } from '../record.ts';
import { mediaAddress } from './media.ts';

const NEXT: Readonly<Record<string, string>> = {
  Active: 'Pending',
  ComingSoon: 'Active',
  ActiveUnderContract: 'Pending',
  Pending: 'Closed',
};

/** The listing after a change of price or of status. */
export function changed(record: Rec, at: number): Rec {
  const price = Number(record['ListPrice'] ?? 0);
  const next = NEXT[textIn(record, 'StandardStatus')];
  const moved = at % 2 === 0 ? next : undefined;
  const when = { MajorChangeTimestamp: stamp(at), ModificationTimestamp: stamp(at) };
  const today = stamp(at).slice(0, 10);
  if (moved === undefined)
    return {
      ...when,
      ListPrice: decimal(Math.abs(Math.round(price * 0.97)) + 1, 2),
      PreviousListPrice: decimal(price, 2),
      PriceChangeTimestamp: stamp(at),
      MajorChangeType: 'PriceChange',
    };
  return {
    ...when,
    StandardStatus: moved,
    MlsStatus: moved,
    MajorChangeType: moved,
    StatusChangeTimestamp: stamp(at),
    ...(moved === 'Closed' ? { CloseDate: today, ClosePrice: decimal(price, 2) } : {}),
    ...(moved === 'Pending' ? { PendingTimestamp: stamp(at), PurchaseContractDate: today } : {}),
  };
}

/** The listing after its photos changed. */
export function photographed(record: Rec, at: number, count: number): Rec {
  return { ...record, PhotosChangeTimestamp: stamp(at), PhotosCount: count };
}

/** A media's timestamps after it changed. */
export function mediaMoved(at: number): Rec {
  return { MediaModificationTimestamp: stamp(at), ModificationTimestamp: stamp(at) };
}

/** The media with another picture. */
export function altered(record: Rec, at: number): Rec {
  const key = textIn(record, 'MediaKey');
  return {
    ...record,
    ...mediaMoved(at),
    ShortDescription: 'New photo, after painting 🎨',
    MediaURL: mediaAddress(textIn(record, 'ResourceRecordKey'), key, at % 1000),
  };
}
