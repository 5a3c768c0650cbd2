import { formatTable } from '../../lib/demo-sql.mjs';
import { startArchiveServer } from '../feed-process.mjs';
import { measure } from '../measure.mjs';
import { formatFigures } from '../report.mjs';
import { createEmptyDatabase } from '../tables.mjs';
import { prepareArchives } from './archives.mjs';
import { countCountyRows } from './tables.mjs';
import { runCountyTool } from './ways.mjs';

/**
 * @typedef {import('../measure.mjs').Figures} Figures
 * @typedef {{ accounts: number, figures: Figures }} CountySize
 */

const database = 'bench_scale';

/** The widest table. */
const table = 'real_acct';

/**
 * Measures imports of several sizes: the memory must not depend on the size.
 * @param {Omit<import('../measure.mjs').BenchContext, 'feed'>} context
 * @param {{ accounts: readonly number[], log: (line: string) => void }} options
 * @returns {Promise<CountySize[]>}
 */
export async function scaleCounty(context, { accounts, log }) {
  /** @type {CountySize[]} */
  const sizes = [];
  for (const size of accounts) {
    const feed = await startArchiveServer(await prepareArchives(size, [table], log));
    const own = { ...context, feed };
    log(`Importing ${size} accounts`);
    await createEmptyDatabase(own, database);
    const run = () => runCountyTool(own, database, table, ['sync', 'hcad']);
    const figures = await measure(own, { rows: 0, database, run });
    sizes.push({
      accounts: size,
      figures: { ...figures, rows: await countCountyRows(context.server, database, table) },
    });
    await feed.stop();
  }
  return sizes;
}

/** @param {readonly CountySize[]} sizes */
export function countyScaleTable(sizes) {
  return formatTable(sizes.map(({ accounts, figures }) => ({ accounts, ...formatFigures([figures]) })));
}
