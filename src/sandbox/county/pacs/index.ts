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
  headerRows,
  improvementRows,
  infoRows,
  landRows,
  type MakeRow,
  subdivisionRows,
} from './rows.ts';

type Rows = (district: District, makeRow: MakeRow) => Iterable<Row>;

/** Files of a PACS export of version 8.0.30, with the lengths of their records. */
const files: Readonly<Record<string, readonly [notation: string, length: number, rows: Rows]>> = {
  header: [detailFields.header, 184, headerRows],
  appraisal_info: [infoFields, 9247, infoRows],
  entity_info: [detailFields.entity_info, 2750, entityInfoRows],
  improvement_info: [detailFields.improvement_info, 114, improvementRows],
  improvement_detail: [detailFields.improvement_detail, 622, detailRows],
  improvement_detail_attr: [detailFields.improvement_detail_attr, 87, attributeRows],
  land_detail: [detailFields.land_detail, 199, landRows],
  entity: [detailFields.entity, 17, entityRows],
  abstract_subdv: [detailFields.abstract_subdv, 50, subdivisionRows],
};

/** The files of a county that exports PACS. All are in one archive, in a folder. */
export const pacsTables: readonly CountyTable[] = Object.entries(files).map(
  ([name, [notation, length, rows]]) => {
    const columns = parseFixedColumns(notation);
    const fileName = `APPRAISAL_${name.replace('appraisal_', '').toUpperCase()}`;
    return {
      name,
      archive: 'Appraisal_Export',
      memberOf: ({ year }) => `${year} Export/${year}-07-20_001234_${fileName}.TXT`,
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
