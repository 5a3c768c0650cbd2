/** Columns of Real_building_land. */
export const buildingColumns = {
  building_res: `
    acct:A25p! property_use_cd:C16 bld_num:I10! impr_tp:C4p impr_mdl_cd:C4p structure:C3p
    structure_dscr:T50 dpr_val:M12 cama_replacement_cost:M12 accrued_depr_pct:N9 qa_cd:C2p dscr:T50!
    date_erected:Y4 eff:Y4 yr_remodel:Y4p! yr_roll:Y4p! appr_by:T5p! appr_dt:D10 notes:T150
    im_sq_ft:I10! act_ar:I10! heat_ar:I10! gross_ar:I10! eff_ar:I10! base_ar:I10! perimeter:I10!
    pct:N5! bld_adj:N7! rcnld:N14 size_index:N10! lump_sum_adj:M12!`,
  building_other: `
    acct:A25p! property_use_cd:C16 bld_num:I10! impr_tp:C4p impr_mdl_cd:C4p structure:C3p
    structure_dscr:T50 noticed_Depr_Val:M12 Depr_Val:M12 MS_replacement_cost:M12
    cama_replacement_cost:M12 accrued_depr_pct:N9 qa_cd:C2p dscr:T50 date_erected:Y4 eff:Y4
    yr_remodel:Y4p yr_roll:Y4p! appr_by:T5p! appr_dt:D10 notes:T150 im_sq_ft:I10! act_ar:I10!
    heat_ar:I10! gross_ar:I10! eff_ar:I10! base_ar:I10! perimeter:I10! pct:N5! category:C2p!
    pgi_dscr:T50! prop_nm:T50! units:T15! nra:I20 lease_rt:N10! occ_rt:N10! tot_inc:M12!`,
  exterior: `
    acct:A13! bld_num:I10 sar_cd:C6p! sar_dscr:T50 area:I10!`,
  extra_features: `
    acct:A13! bld_num:I10 count:I10 grade:C4p cd:C6p s_dscr:T10 l_dscr:T50 cat:C6p dscr:T50 note:T50
    uts:N13`,
  extra_features_detail1: `
    acct:A13! cd:C6p dscr:T50 grade:C4p cond_cd:C2p bld_num:I10 length:I10 width:I10 units:N13
    unit_price:N14 adj_unit_price:N16 pct_comp:N5 act_yr:Y4 eff_yr:Y4 roll_yr:Y4 DT:C6 pct_cond:N7
    dpr_val:M12 note:T50 asd_val:M12`,
  fixtures: `
    acct:A13! bld_num:I10 type:C4p! type_dscr:T50 units:N12`,
  land: `
    acct:A13! num:I10! use_cd:C4p use_dscr:T50 inf_cd:C4 inf_dscr:T50 inf_adj:N7 tp:C2p uts:N14
    sz_fact:N7 inf_fact:N7 cond:N7 ovr_dscr:T50 tot_adj:N13 unit_prc:N13 adj_unit_prc:N15 val:M12
    ovr_val:M12`,
  structural_elem1: `
    acct:A13! bld_num:I10! code:C5! adj:N11 type:C4p! type_dscr:T50 category_dscr:T50 dor_cd:C4p`,
};
