export type Mode =
  | 'sync'
  | 'full-load'
  | 'reconcile'
  | 'undelete'
  | 'replay'
  | 'fields'
  | 'repair'
  | 'rollback'
  | 'parcels'
  | 'reprocess'
  | 'media';
