/** One metric, with a sample for each set of labels. */
export type Metric = { readonly name: string; readonly help: string; readonly samples: readonly Sample[] };
export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };
