import type { District } from '../../data/district.ts';
import type { Column, Row } from '../../format/column.ts';
import { genericRows, numbersUpTo } from './generic.ts';
import { EXEMPTIONS } from './values.ts';

/** Code tables that explain codes of the other files. */
const CODES: Readonly<Record<string, readonly Row[]>> = {
  desc_r_01_state_class: [
    ['A1', 'RES', 'Real, Residential, Single-Family'],
    ['A3', 'RES', 'Real, Residential, Auxiliary Buildings'],
    ['C1', 'RES', 'Real, Vacant Lots/Tracts (In City)'],
    ['F1', 'COM', 'Real, Commercial'],
    ['XV', 'EXM', 'Other Exempt'],
    ['Z4', 'RES', 'Condominium'],
  ],
  desc_r_05_building_data_elements: [
    ['FPW', 'Fireplace:  Metal Prefab'],
    ['RMB', 'Room:  Bedroom'],
    ['RMF', 'Room:  Full Bath'],
    ['RMH', 'Room:  Half Bath'],
    ['RMT', 'Room:  Total'],
    ['STY', 'Story Height Index'],
  ],
  desc_r_07_quality_code: [
    ['A', 'Excellent'],
    ['B', 'Good'],
    ['C', 'Average'],
    ['D', 'Low'],
    ['X', 'Superior'],
  ],
  desc_r_11_extra_feature_category: [
    ['CP', 'Canopies'],
    ['PL', 'Pools'],
    ['SH', 'Sheds'],
  ],
  desc_r_14_exemption_category: EXEMPTIONS.filter(([code]) => code.length < 4),
};

const GENERIC_ROWS = 25;

/** The rows of a code table. */
export function codeRows(name: string, district: District, columns: readonly Column[]): Iterable<Row> {
  const digits = Math.min(4, columns[0]?.size ?? 1);
  return CODES[name] ?? genericRows(columns, district, numbersUpTo(GENERIC_ROWS, digits));
}
