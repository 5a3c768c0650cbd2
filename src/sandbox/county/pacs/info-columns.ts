/** Fields of APPRAISAL_INFO with their positions, as `format/fixed-column.ts` reads them. */
export const infoFields = `
    prop_id:I1-12 prop_type_cd:C13-17 prop_val_yr:I18-22 sup_num:I23-34 sup_action:C35-36 sup_cd:C37-46
    sup_desc:T47-546 geo_id:T547-596 py_owner_id:I597-608 py_owner_name:T609-678 partial_owner:F679-679
    udi_group:I680-691 py_addr_line1:T694-753 py_addr_line2:T754-813 py_addr_line3:T814-873
    py_addr_city:T874-923 py_addr_state:T924-973 py_addr_country:C974-978 py_addr_zip:T979-983
    py_addr_zip_cass:T984-987 py_addr_zip_rt:T988-989 py_confidential_flag:F990-990
    py_address_suppress_flag:F991-991 py_addr_ml_deliverable:F1012-1012 situs_street_prefx:T1040-1049
    situs_street:T1050-1099 situs_street_suffix:T1100-1109 situs_city:T1110-1139 situs_zip:T1140-1149
    legal_desc:T1150-1404 legal_desc2:T1405-1659 legal_acreage:A1660-1675 abs_subdv_cd:C1676-1685
    hood_cd:C1686-1695 block:T1696-1745 tract_or_lot:T1746-1795 land_hstd_val:I1796-1810
    land_non_hstd_val:I1811-1825 imprv_hstd_val:I1826-1840 imprv_non_hstd_val:I1841-1855
    ag_use_val:I1856-1870 ag_market:I1871-1885 timber_use:I1886-1900 timber_market:I1901-1915
    appraised_val:I1916-1930 ten_percent_cap:I1931-1945 assessed_val:I1946-1960
    arb_protest_flag:F1981-1981 deed_book_id:T1994-2013 deed_book_page:T2014-2033 deed_dt:D2034-2058
    mortgage_co_id:I2059-2070 mortgage_co_name:T2071-2140 mortgage_acct_id:T2141-2190
    jan1_owner_id:I2191-2202 jan1_owner_name:T2203-2272 jan1_addr_line1:T2273-2332
    jan1_addr_line2:T2333-2392 jan1_addr_line3:T2393-2452 jan1_addr_city:T2453-2502
    jan1_addr_state:T2503-2552 jan1_addr_country:C2553-2557 jan1_addr_zip:T2558-2562
    jan1_addr_zip_cass:T2563-2566 jan1_addr_zip_rt:T2567-2568 jan1_confidential_flag:F2569-2569
    jan1_address_suppress_flag:F2570-2570 jan1_ml_deliverable:F2608-2608 hs_exempt:F2609-2609
    ov65_exempt:F2610-2610 ov65_prorate_begin:D2611-2635 ov65_prorate_end:D2636-2660
    ov65s_exempt:F2661-2661 dp_exempt:F2662-2662 dv1_exempt:F2663-2663 dv1s_exempt:F2664-2664
    dv2_exempt:F2665-2665 dv2s_exempt:F2666-2666 dv3_exempt:F2667-2667 dv3s_exempt:F2668-2668
    dv4_exempt:F2669-2669 dv4s_exempt:F2670-2670 ex_exempt:F2671-2671 ex_prorate_begin:D2672-2696
    ex_prorate_end:D2697-2721 lve_exempt:F2722-2722 ab_exempt:F2723-2723 en_exempt:F2724-2724
    fr_exempt:F2725-2725 ht_exempt:F2726-2726 pro_exempt:F2727-2727 pc_exempt:F2728-2728
    so_exempt:F2729-2729 ex366_exempt:F2730-2730 ch_exempt:F2731-2731 imprv_state_cd:C2732-2741
    land_state_cd:C2742-2751 personal_state_cd:C2752-2761 mineral_state_cd:C2762-2771
    land_acres:A2772-2791 entity_agent_id:I2792-2803 entity_agent_name:T2804-2873
    entity_agent_addr_line1:T2874-2933 entity_agent_addr_line2:T2934-2993
    entity_agent_addr_line3:T2994-3053 entity_agent_city:T3054-3103 entity_agent_state:T3104-3153
    entity_agent_country:C3154-3158 entity_agent_zip:T3159-3163 entity_agent_cass:T3164-3167
    entity_agent_rt:T3168-3169 ca_agent_id:I3204-3215 ca_agent_name:T3216-3285
    ca_agent_addr_line1:T3286-3345 ca_agent_addr_line2:T3346-3405 ca_agent_addr_line3:T3406-3465
    ca_agent_city:T3466-3515 ca_agent_state:T3516-3565 ca_agent_country:C3566-3570
    ca_agent_zip:T3571-3575 ca_agent_cass:T3576-3579 ca_agent_rt:T3580-3581 arb_agent_id:I3616-3627
    arb_agent_name:T3628-3697 arb_agent_addr_line1:T3698-3757 arb_agent_addr_line2:T3758-3817
    arb_agent_addr_line3:T3818-3877 arb_agent_city:T3878-3927 arb_agent_state:T3928-3977
    arb_agent_country:C3978-3982 arb_agent_zip:T3983-3987 arb_agent_cass:T3988-3991
    arb_agent_rt:T3992-3993 mineral_type_of_int:C4028-4032 mineral_int_pct:N4033-4047
    productivity_use_code:C4048-4050 prop_owner_sequence:I4051-4090 timber_78_market:I4091-4102 ag_late_loss:I4103-4114
    late_freeport_penalty:I4115-4126 dba:T4136-4175 market_value:I4214-4227 mh_label:T4228-4247
    mh_serial:T4248-4267 mh_model:T4268-4287 ov65_deferral_date:D4360-4384 dp_deferral_date:D4385-4409
    ref_id1:T4410-4434 ref_id2:T4435-4459 situs_num:T4460-4474 situs_unit:T4475-4479
    appr_owner_id:I4480-4491 appr_owner_name:T4492-4561 appr_addr_line1:T4562-4621
    appr_addr_line2:T4622-4681 appr_addr_line3:T4682-4741 appr_addr_city:T4742-4791
    appr_addr_state:T4792-4841 appr_addr_country:C4842-4846 appr_addr_zip:T4847-4851
    appr_addr_zip_cass:T4852-4855 appr_addr_zip_rt:T4856-4857 appr_ml_deliverable:F4858-4858
    appr_confidential_flag:F4859-4859 appr_address_suppress_flag:F4860-4860
    appr_confidential_name:T4861-4930 py_confidential_name:T4931-5000 jan1_confidential_name:T5001-5070
    sic_code:C5071-5075 rendition_filed:F5076-5076 rendition_date:D5077-5101
    rendition_penalty:N5102-5116 rendition_date_paid:D5117-5141 rendition_fraud_penalty:N5142-5156
    rendition_fraud_date_paid:D5157-5181 deed_num:T5182-5201 entities:T5202-5341 eco_exempt:F5342-5342
    dataset_id:I5343-5357
    chodo_exempt:F5408-5408 appraised_val_prod_loss:I8603-8617 assessed_val_prod_loss:I8618-8632
    nhs_cap_loss:I9068-9082`;
