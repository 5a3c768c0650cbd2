/** Columns of Real_jur_exempt. */
export const valueColumns = {
  jur_value: `
    acct:A13! tax_district:C6! tp_cd:C1p pct_district:N7 appraised_val:M20 taxable_val:M20`,
  jur_exempt: `
    acct:A13! tax_district:C6! exempt_cat:C4! exempt_val:M20`,
  jur_exempt_cd: `
    acct:A13! exempt_cat:C100!`,
  jur_exemption_dscr: `
    exempt_cat:C4! exemption_dscr:T50`,
  jur_tax_dist_exempt_value_rate: `
    RP_TYPE:C4! tax_dist:C6! name:T100 exempt_cd:C3p! prop:N10 curr:N10 exempt_val:M10
    exempt_rate:N8`,
};
