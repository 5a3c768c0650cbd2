import type { AlertKind } from '../../model/alert.ts';

/** The state of one kind of alert after a run. */
export type AlertVerdict = {
  readonly kind: AlertKind;
  /** The unit of rate-limiting: the kind, or a part of it. */
  readonly topic: string;
  readonly isRaised: boolean;
  /** The unique name of an event, which is reported once and never recovers. */
  readonly event?: string;
  /** One line. Title and text can still be too long and contain secrets; the text can have several lines. */
  readonly title: string;
  readonly text: string;
  readonly facts: Readonly<Record<string, string | number | null>>;
};
