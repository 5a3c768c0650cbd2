/** Fields of the smaller files with their positions, as `format/fixed-column.ts` reads them. */
export const detailFields = {
  header: `
    run_date:T1-16 file_description:T17-56 appraisal_year:I57-60 supplement_num:I61-64 entity_cd:C65-74
    entity_desc:T75-114 office:T115-144 operator:T145-164 pacs_version:C165-174 export_version:C175-184`,
  improvement_info: `
    prop_id:I1-12 prop_val_yr:I13-16 imprv_id:I17-28 imprv_type_cd:C29-38 imprv_type_desc:T39-63
    imprv_state_cd:C64-68 imprv_homesite:F69-69 imprv_val:I70-83 imprv_homesite_pct:N84-98 omitted:F99-99
    omitted_imprv_val:I100-114`,
  improvement_detail: `
    prop_id:I1-12 prop_val_yr:I13-16 imprv_id:I17-28 imprv_det_id:I29-40 imprv_det_type_cd:C41-50
    imprv_det_type_desc:T51-75 imprv_det_class_cd:C76-85 yr_built:I86-89 depreciation_yr:I90-93
    imprv_det_area:N94-108 imprv_det_val:N109-122 sketch_cmds:T123-622`,
  improvement_detail_attr: `
    prop_id:I1-12 prop_val_yr:I13-16 imprv_id:I17-28 imprv_det_id:I29-40 attribute_id:I41-52
    attribute_desc:T53-77 attribute_value:T78-87`,
  land_detail: `
    prop_id:I1-12 prop_val_yr:I13-16 land_seg_id:I17-28 land_type_cd:C29-38 land_type_desc:T39-63
    state_cd:C64-68 land_seg_homesite:F69-69 size_acres:H70-83 size_square_feet:I84-97
    effective_front:N98-111 effective_depth:N112-125 mkt_ls_method:C126-130 mkt_ls_class:C131-140
    land_seg_mkt_val:I141-154 ag_apply:F155-155 ag_ls_method:C156-160 ag_ls_class:C161-170
    ag_value:I171-184 land_homesite_pct:N185-199`,
  entity: `entity_id:I1-12 entity_cd:C13-17`,
  abstract_subdv: `code:C1-10 description:T11-50`,
  entity_info: `
    prop_id:I1-12 prop_val_yr:I13-17 sup_num:I18-29 owner_id:I30-41 entity_id:I42-53 entity_cd:C54-63
    entity_name:T64-113 entity_xref_id:T114-133 assessed_val:I149-163 taxable_val:I164-178
    hs_amt:I299-313 ov65_amt:I314-328 dp_amt:I329-343 dv_amt:I344-358 market_value:I389-403
    appraised_value:I404-418 freeze_type_code:C1615-1619`,
};
