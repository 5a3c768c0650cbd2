/** Columns of PP_files and Hearing_files. */
export const businessColumns = {
  t_business_acct: `
    acct:A12! tax_year:Y4! name:T100 bus_name:T100 site_addr:T80 site_city:T50! site_state:T5!
    site_zip:T10! mailto:T50 mail_addr_1:T50! mail_addr_2:T50! mail_city:T50! mail_state:T2p
    mail_zip:T10! phone:T14 dscr:T80 dscr1:T50! dscr2:T50! dscr3:T50! sched_cd:C1p
    sched_code_dscr:T50 class_code:C2p class_code_dscr:T50 sic:C8 sic_dscr:T100 sqft:I20!
    cntr_cd:C10 shared_cad:F1 key_map:C6! asd_val:M20 prior_asd_val:M20 return_cd:C52!
    value_status:T36! noticed:F1! noticed_dt:D10 protested:F1! certified_date:D10 agent_id:C6p
    jurs:T100`,
  t_business_detail: `
    acct:A7! ln_num:I10! dept_grp:C4p! dscr:T50 asd_val:M20`,
  t_jur_value: `
    acct:A7! tax_dist:C6! tp_cd:C1p pct_district:N13 appraised_val:M20 taxable_val:M20`,
  t_jur_exempt: `
    acct:A7! tax_dist:C6! tax_dist_name:T100 exempt_cat:C4! exempt_dscr:T50 pct_exempt:N9
    exempt_val:M12`,
  t_jur_tax_dist_exempt_value_rate: `
    RP_TYPE:C8! tax_dist:C6! name:T100 exempt_cd:C3p! prop:N10 curr:N10 exempt_val:M10
    exempt_rate:N8`,
  t_pp_c: `
    acct:A7! sched_cd:C1p pipe_usage:T100 pipe_size:T100 Pipe_Mileage:T100 Year_Installed:T100
    Pipe_Type:T100 Regulation:T100 Usage_Factor:T100 Status:T100 Pipe_ID:T100 HCAD_ID:T100`,
  t_pp_e: `
    acct:A7! sched_cd:C1p Div_ord:T100 Type_Interest:T100 Interest_Percent:T100`,
  t_pp_l: `
    acct:A7! sched_cd:C1p type_structure:T100 volt_amp:T100 el_mileage:T100 Num_of_circuits:T100
    contract_acct:T100`,
  arb_hearings_real: `
    acct:A13! Tax_Year:Y4 Real_Personal_Property:C1! Hearing_Type:C1p State_Class_Code:C16
    Owner_Name:T100 Scheduled_for_Date:D10 Actual_Hearing_Date:D10 Release_Date:D10 Letter_Type:C2
    Agent_Code:C6p Initial_Appraised_Value:M20 Initial_Market_Value:M20 Final_Appraised_Value:M20
    Final_Market_Value:M20`,
  arb_hearings_pp: `
    acct:A7! Tax_Year:Y4 Personal:C1! Hearing_Type:C1p State_Class_Code:C2p Owner_Name:T100
    Scheduled_for_Date:D10 Actual_Hearing_Date:D10 Release_Date:D10 Letter_Type:C2 Agent_Code:C6p
    Initial_Value:M20 Final_Value:M20`,
  arb_protest_real: `
    acct:A13! protested_by:C6 protested_dt:D10`,
  arb_protest_pp: `
    acct:A7! protested_by:C6 protested_dt:D10`,
};
