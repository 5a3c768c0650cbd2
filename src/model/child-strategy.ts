/**
 * How child records are requested: by their own resource, with their parents (`$expand`), or in the way that takes fewer
 * requests.
 */
export type ChildStrategy = 'auto' | 'resource' | 'expand';
