import type { District } from '../data/district.ts';
import type { Row } from '../format/column.ts';
import { fixedFormat } from '../format/fixed.ts';
import { parseFixedColumns } from '../format/fixed-column.ts';
import { rowMaker } from '../format/named-row.ts';
import type { CountyTable } from '../table.ts';
import { detailFields } from './detail-columns.ts';
import { infoFields } from './info-columns.ts';
import {
  attributeRows,
  detailRows,
  entityInfoRows,
  entityRows,
  improvementRows,
  infoRows,
  landRows,
  type MakeRow,
  subdivisionRows,
} from './rows.ts';

type Rows = (district: District, makeRow: MakeRow) => Iterable<Row>;

/** Files of a PACS export of version 8.0.30, with the lengths of their records. */
const files: Readonly<Record<string, readonly [notation: string, length: number, rows: Rows]>> = {
  appraisal_info: [infoFields, 9247, infoRows],
  appraisal_entity_info: [detailFields.appraisal_entity_info, 2750, entityInfoRows],
  appraisal_improvement_info: [detailFields.appraisal_improvement_info, 114, improvementRows],
  appraisal_improvement_detail: [detailFields.appraisal_improvement_detail, 622, detailRows],
  appraisal_improvement_detail_attr: [detailFields.appraisal_improvement_detail_attr, 87, attributeRows],
  appraisal_land_detail: [detailFields.appraisal_land_detail, 199, landRows],
  appraisal_entity: [detailFields.appraisal_entity, 17, entityRows],
  appraisal_abstract_subdv: [detailFields.appraisal_abstract_subdv, 50, subdivisionRows],
};

/** The files of a county that exports PACS. All are in one archive, in a folder. */
export const pacsTables: readonly CountyTable[] = Object.entries(files).map(
  ([name, [notation, length, rows]]) => {
    const columns = parseFixedColumns(notation);
    return {
      name,
      archive: 'Appraisal_Export',
      memberOf: ({ year }) => `${year} Export/${year}-07-20_001234_${name.toUpperCase()}.TXT`,
      columns,
      format: fixedFormat(columns, length),
      header: undefined,
      ends: ['\r\n'],
      isLastLineEnded: true,
      isDamaged: true,
      rows: (district) => rows(district, rowMaker(columns)),
    };
  },
);
