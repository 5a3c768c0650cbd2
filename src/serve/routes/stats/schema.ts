import * as z from '../../../lib/zod.ts';

/** The schema of `/stats`. */

const count = z.number().int();
const instant = z.string().meta({ format: 'date-time' });

const rate = z
  .number()
  .nullable()
  .meta({ description: 'Share of the runs that completed, from 0 to 1; null without runs.' });

const checkpoint = z.string().nullable();

const records = z
  .strictObject({
    processed: count,
    inserted: count,
    updated: count,
    unchanged: count,
    rejected: count.meta({ description: 'Put into quarantine.' }),
    deleted: count,
  })
  .meta({ description: 'Records, by what became of them.' });

const runSchema = z.strictObject({
  run_id: count,
  source: z.string(),
  mode: z.string().meta({ description: 'sync, full-load, reconcile …' }),
  status: z.enum(['running', 'success', 'partial', 'failed', 'skipped']).meta({
    description: 'partial: something was left out, or it was stopped. skipped: another run was active.',
  }),
  started_at: instant,
  ended_at: instant.nullable(),
  duration_seconds: z.number().nullable(),
  records,
  pages: count,
  api_calls: count,
  checkpoint_before: checkpoint.meta({
    description: "Everything up to it was stored, in the source's terms.",
  }),
  checkpoint_after: checkpoint,
});

const sums = {
  runs: count.meta({ description: 'Runs that ended.' }),
  succeeded: count,
  partial: count,
  failed: count,
  success_rate: rate,
  records,
  api_calls: count,
};

const sourceSchema = z.strictObject({
  source: z.string(),
  ...sums,
  last_run: runSchema.nullable(),
});

export const statsSchema = z.strictObject({
  since: instant.meta({ description: 'Runs that started at this instant or later are counted.' }),
  totals: z.strictObject(sums).meta({ description: 'Of all sources.' }),
  sources: z.array(sourceSchema),
  recent_runs: z.array(runSchema).meta({ description: 'The newest runs of all sources, newest first.' }),
});

export type Stats = z.output<typeof statsSchema>;
