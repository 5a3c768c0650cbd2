import type { Resource } from '../model.ts';
import { media } from './media.ts';
import { property } from './property.ts';

/** Every resource the tool knows, parents before their children: the order in which a run takes them. */
export const resources: readonly Resource[] = [property, media];
