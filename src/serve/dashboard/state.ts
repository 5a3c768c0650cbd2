/** How urgent something is. `new`: nothing is there yet. */
export type Level = 'ok' | 'warn' | 'bad' | 'new';

/** The state of everything, as one sentence. */
export type State = {
  readonly level: Level;
  /** For the title of the page: two words or three. */
  readonly name: string;
  /** The first line of the page. */
  readonly sentence: string;
  /** More sentences. */
  readonly notes: readonly string[];
  /** What the user runs next. */
  readonly command?: string;
};
