import { stamp } from '../instant.ts';
import { toDecimal, type SandboxRecord, readText } from '../record.ts';
import { makeMediaAddress } from '../files/address.ts';

const NEXT_STATUS: Readonly<Record<string, string>> = {
  Active: 'Pending',
  ComingSoon: 'Active',
  ActiveUnderContract: 'Pending',
  Pending: 'Closed',
};

/** The fields of a listing that change with its price or status. */
export function changePriceOrStatus(record: SandboxRecord, at: number): SandboxRecord {
  const price = Number(record['ListPrice'] ?? 0);
  const next = NEXT_STATUS[readText(record, 'StandardStatus')];
  const newStatus = at % 2 === 0 ? next : undefined;
  const times = { MajorChangeTimestamp: stamp(at), ModificationTimestamp: stamp(at) };
  const today = stamp(at).slice(0, 10);
  if (newStatus === undefined)
    return {
      ...times,
      ListPrice: toDecimal(Math.abs(Math.round(price * 0.97)) + 1, 2),
      PreviousListPrice: toDecimal(price, 2),
      PriceChangeTimestamp: stamp(at),
      MajorChangeType: 'PriceChange',
    };
  return {
    ...times,
    StandardStatus: newStatus,
    MlsStatus: newStatus,
    MajorChangeType: newStatus,
    StatusChangeTimestamp: stamp(at),
    ...(newStatus === 'Closed' ? { CloseDate: today, ClosePrice: toDecimal(price, 2) } : {}),
    ...(newStatus === 'Pending' ? { PendingTimestamp: stamp(at), PurchaseContractDate: today } : {}),
  };
}

/** Returns the listing with the photo fields of a change at `at`. */
export function setPhotoFields(record: SandboxRecord, at: number, count: number): SandboxRecord {
  return { ...record, PhotosChangeTimestamp: stamp(at), PhotosCount: count };
}

/** A media's timestamps after a change. */
export function mediaTimesAt(at: number): SandboxRecord {
  return { MediaModificationTimestamp: stamp(at), ModificationTimestamp: stamp(at) };
}

/** Returns the media with another picture, and all that announces it. */
export function replacePicture(record: SandboxRecord, at: number): SandboxRecord {
  return {
    ...replaceContent(record, at),
    ...mediaTimesAt(at),
    ShortDescription: 'New photo, after painting 🎨',
  };
}

/** Returns the media with another file; only its address and the listing's PhotosChangeTimestamp announce it. */
export function replaceContent(record: SandboxRecord, at: number): SandboxRecord {
  const [type, listing, key] = ['MediaType', 'ResourceRecordKey', 'MediaKey'].map((name) =>
    readText(record, name),
  );
  return { ...record, MediaURL: makeMediaAddress(type!, listing!, key!, at) };
}
