/** Columns of Real_acct_owner and Real_acct_ownership_history, as `format/column.ts` reads them. */
export const accountColumns = {
  real_acct: `
    acct:A25p! yr:Y4 mailto:T100 mail_addr_1:T50 mail_addr_2:T50 mail_city:T50 mail_state:T2p
    mail_zip:T10 mail_country:T50 undeliverable:F1 str_pfx:T2p str_num:I10 str_num_sfx:T3p str:T50
    str_sfx:T25 str_sfx_dir:T2p str_unit:T15 site_addr_1:T50 site_addr_2:T50 site_addr_3:T10
    state_class:C16 school_dist:C5 map_facet:C6 key_map:C6 Neighborhood_Code:C12 Neighborhood_Grp:C8
    Market_Area_1:C8 Market_Area_1_Dscr:T50 Market_Area_2:C8 Market_Area_2_Dscr:T50 econ_area:C5
    econ_bld_class:C5p center_code:C5 yr_impr:Y4 yr_annexed:Y4 splt_dt:D20p dsc_cd:C2p nxt_bld:I10
    bld_ar:I20 land_ar:I20 acreage:N14 Cap_acct:F7 shared_cad:F3p land_val:M20 bld_val:M20
    x_features_val:M20 ag_val:M20 assessed_val:M20 tot_appr_val:M20 tot_mkt_val:M20
    prior_land_val:M20 prior_bld_val:M20 prior_x_features_val:M20 prior_ag_val:M20
    prior_tot_appr_val:M20 prior_tot_mkt_val:M20 new_construction_val:M20 tot_rcn_val:M20
    value_status:T36 noticed:F1 notice_dt:D10 protested:F1 certified_date:D10 rev_dt:D10 rev_by:T5p
    new_own_dt:D10 lgl_1:T50 lgl_2:T50 lgl_3:T50 lgl_4:T50 jurs:T100`,
  owners: `
    acct:A13! ln_num:I10! name:T100 aka:T50 pct_own:N6`,
  deeds: `
    acct:A13! dos:D10 clerk_yr:Y10 clerk_id:T20 deed_id:I10!`,
  permits: `
    acct:A13! id:I10! agency_id:C4p status:C1 dscr:T50 dor_cd:C16 permit_type:C10
    permit_tp_descr:T50 property_tp:C3 issue_date:D10 yr:Y4 site_num:T9 site_pfx:T2 site_str:T50
    site_tp:T4 site_sfx:T25 site_apt:T6`,
  parcel_tieback: `
    acct:A25p! tp:C2p dscr:T100 related_acct:A25p pct:N9`,
  real_neighborhood_code: `
    cd:C11! grp_cd:C8 dscr:T50`,
  real_mnrl: `
    acct:A13! dor_cd:C4 Rail_leasenum:T100 Type_Interest:T100 Interest_Percent:N100`,
  ownership_history: `
    acct:A25p! purchase_date:D10 name:T100 site_address:T100`,
};
