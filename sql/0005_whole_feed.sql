-- The other tables of the feed. Columns are the fields of src/sources/trestle/datasets in their order; a test compares them.
-- Each table has its payloads in a separate 1:1 table, and the same bookkeeping as media: see 0001.

CREATE TABLE IF NOT EXISTS open_houses (
  open_house_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  listing_key VARCHAR(255) COLLATE {{key_collation}} NULL,
  listing_id VARCHAR(255) NULL,
  open_house_id VARCHAR(255) NULL,
  open_house_date DATE NULL,
  open_house_start_time DATETIME(3) NULL,
  open_house_end_time DATETIME(3) NULL,
  open_house_status VARCHAR(100) NULL,
  open_house_type VARCHAR(100) NULL,
  appointment_required_yn TINYINT(1) NULL,
  livestream_open_house_url TEXT NULL,
  open_house_attended_by VARCHAR(100) NULL,
  open_house_remarks TEXT NULL,
  refreshments VARCHAR(255) NULL,
  showing_agent_first_name VARCHAR(64) NULL,
  showing_agent_key VARCHAR(255) NULL,
  showing_agent_last_name VARCHAR(64) NULL,
  showing_agent_mls_id VARCHAR(64) NULL,
  originating_system_id VARCHAR(64) NULL,
  originating_system_name VARCHAR(255) NULL,
  originating_system_key VARCHAR(255) NULL,
  source_system_id VARCHAR(64) NULL,
  source_system_name VARCHAR(255) NULL,
  source_system_key VARCHAR(255) NULL,
  original_entry_timestamp DATETIME(3) NULL,
  modification_timestamp DATETIME(3) NOT NULL,

  content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,

  PRIMARY KEY (open_house_key),
  KEY listing_key (listing_key, open_house_start_time),
  KEY open_house_start_time (open_house_start_time),
  KEY open_house_end_time (open_house_end_time),
  KEY modification_timestamp (modification_timestamp),
  KEY deleted_at (deleted_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS open_houses_raw (
  open_house_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  payload LONGTEXT NOT NULL,
  PRIMARY KEY (open_house_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS property_rooms (
  room_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  listing_key VARCHAR(255) COLLATE {{key_collation}} NULL,
  listing_id VARCHAR(255) NULL,
  room_type VARCHAR(100) NULL,
  room_level VARCHAR(100) NULL,
  bedroom_closet_type VARCHAR(100) NULL,
  room_area DECIMAL(14,2) NULL,
  room_area_source VARCHAR(100) NULL,
  room_area_units VARCHAR(100) NULL,
  room_description TEXT NULL,
  room_dimensions VARCHAR(64) NULL,
  room_features TEXT NULL,
  room_length DECIMAL(14,2) NULL,
  room_length_width_source VARCHAR(100) NULL,
  room_length_width_units VARCHAR(100) NULL,
  room_width DECIMAL(14,2) NULL,
  modification_timestamp DATETIME(3) NOT NULL,

  content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,

  PRIMARY KEY (room_key),
  KEY listing_key (listing_key),
  KEY modification_timestamp (modification_timestamp),
  KEY deleted_at (deleted_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS property_rooms_raw (
  room_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  payload LONGTEXT NOT NULL,
  PRIMARY KEY (room_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS property_unit_types (
  unit_type_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  listing_key VARCHAR(255) COLLATE {{key_collation}} NULL,
  listing_id VARCHAR(255) NULL,
  unit_type_type VARCHAR(100) NULL,
  unit_type_actual_rent DECIMAL(14,2) NULL,
  unit_type_baths_total INT NULL,
  unit_type_beds_total INT NULL,
  unit_type_description TEXT NULL,
  unit_type_furnished VARCHAR(100) NULL,
  unit_type_garage_attached_yn TINYINT(1) NULL,
  unit_type_garage_spaces DECIMAL(14,2) NULL,
  unit_type_pro_forma INT NULL,
  unit_type_total_rent DECIMAL(14,2) NULL,
  unit_type_units_total INT NULL,
  modification_timestamp DATETIME(3) NOT NULL,

  content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,

  PRIMARY KEY (unit_type_key),
  KEY listing_key (listing_key),
  KEY modification_timestamp (modification_timestamp),
  KEY deleted_at (deleted_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS property_unit_types_raw (
  unit_type_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  payload LONGTEXT NOT NULL,
  PRIMARY KEY (unit_type_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS custom_properties (
  listing_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  listing_id VARCHAR(255) NULL,
  listing_modification_timestamp DATETIME(3) NOT NULL,

  content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,

  PRIMARY KEY (listing_key),
  KEY listing_id (listing_id),
  KEY listing_modification_timestamp (listing_modification_timestamp),
  KEY deleted_at (deleted_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS custom_properties_raw (
  listing_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  payload LONGTEXT NOT NULL,
  PRIMARY KEY (listing_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS offices (
  office_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  office_mls_id VARCHAR(64) NULL,
  office_name VARCHAR(255) NULL,
  office_status VARCHAR(100) NULL,
  office_type VARCHAR(100) NULL,
  billing_office_key VARCHAR(255) NULL,
  franchise_affiliation VARCHAR(64) NULL,
  franchise_national_association_id VARCHAR(64) NULL,
  idx_office_participation_yn TINYINT(1) NULL,
  main_office_key VARCHAR(255) NULL,
  main_office_mls_id VARCHAR(64) NULL,
  number_of_branches INT NULL,
  number_of_non_member_salespersons INT NULL,
  office_aor VARCHAR(100) NULL,
  office_aor_mls_id VARCHAR(64) NULL,
  office_ao_rkey VARCHAR(255) NULL,
  office_address1 VARCHAR(64) NULL,
  office_address2 VARCHAR(64) NULL,
  office_alternate_id VARCHAR(64) NULL,
  office_association_comments TEXT NULL,
  office_bio TEXT NULL,
  office_branch_type VARCHAR(100) NULL,
  office_broker_key VARCHAR(255) NULL,
  office_broker_mls_id VARCHAR(64) NULL,
  office_broker_national_association_id VARCHAR(64) NULL,
  office_city VARCHAR(64) NULL,
  office_corporate_license VARCHAR(64) NULL,
  office_country VARCHAR(100) NULL,
  office_county_or_parish VARCHAR(100) NULL,
  office_email VARCHAR(80) NULL,
  office_fax VARCHAR(64) NULL,
  office_mail_address1 VARCHAR(64) NULL,
  office_mail_address2 VARCHAR(64) NULL,
  office_mail_care_of VARCHAR(64) NULL,
  office_mail_city VARCHAR(64) NULL,
  office_mail_country VARCHAR(100) NULL,
  office_mail_county_or_parish VARCHAR(100) NULL,
  office_mail_postal_code VARCHAR(64) NULL,
  office_mail_postal_code_plus4 VARCHAR(64) NULL,
  office_mail_state_or_province VARCHAR(100) NULL,
  office_manager_key VARCHAR(255) NULL,
  office_manager_mls_id VARCHAR(64) NULL,
  office_national_association_id VARCHAR(64) NULL,
  office_national_association_id_insert_date DATE NULL,
  office_phone VARCHAR(64) NULL,
  office_phone_ext VARCHAR(64) NULL,
  office_postal_code VARCHAR(64) NULL,
  office_postal_code_plus4 VARCHAR(64) NULL,
  office_preferred_media VARCHAR(100) NULL,
  office_primary_aor_id VARCHAR(64) NULL,
  office_primary_state_or_province VARCHAR(100) NULL,
  office_state_or_province VARCHAR(100) NULL,
  other_phone VARCHAR(64) NULL,
  social_media_type VARCHAR(100) NULL,
  syndicate_agent_option VARCHAR(100) NULL,
  syndicate_to TEXT NULL,
  virtual_office_website_yn TINYINT(1) NULL,
  originating_system_id VARCHAR(64) NULL,
  originating_system_name VARCHAR(255) NULL,
  originating_system_office_key VARCHAR(255) NULL,
  source_system_id VARCHAR(64) NULL,
  source_system_name VARCHAR(255) NULL,
  source_system_office_key VARCHAR(255) NULL,
  original_entry_timestamp DATETIME(3) NULL,
  modification_timestamp DATETIME(3) NOT NULL,

  content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,

  PRIMARY KEY (office_key),
  KEY office_mls_id (office_mls_id),
  KEY main_office_key (main_office_key),
  KEY modification_timestamp (modification_timestamp),
  KEY deleted_at (deleted_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS offices_raw (
  office_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  payload LONGTEXT NOT NULL,
  PRIMARY KEY (office_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS members (
  member_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  member_mls_id VARCHAR(64) NULL,
  member_full_name VARCHAR(150) NULL,
  member_first_name VARCHAR(64) NULL,
  member_middle_name VARCHAR(64) NULL,
  member_last_name VARCHAR(64) NULL,
  member_status VARCHAR(100) NULL,
  member_type VARCHAR(100) NULL,
  office_key VARCHAR(255) NULL,
  office_mls_id VARCHAR(64) NULL,
  office_name VARCHAR(255) NULL,
  job_title VARCHAR(64) NULL,
  last_login_timestamp DATETIME(3) NULL,
  member_aor VARCHAR(100) NULL,
  member_aor_mls_id VARCHAR(64) NULL,
  member_ao_rkey VARCHAR(255) NULL,
  member_address1 VARCHAR(64) NULL,
  member_address2 VARCHAR(64) NULL,
  member_alternate_id VARCHAR(64) NULL,
  member_association_comments TEXT NULL,
  member_billing_preference VARCHAR(100) NULL,
  member_bio TEXT NULL,
  member_carrier_route VARCHAR(64) NULL,
  member_city VARCHAR(64) NULL,
  member_committee_count INT NULL,
  member_country VARCHAR(100) NULL,
  member_county_or_parish VARCHAR(100) NULL,
  member_designation TEXT NULL,
  member_direct_phone VARCHAR(64) NULL,
  member_email VARCHAR(80) NULL,
  member_fax VARCHAR(64) NULL,
  member_home_phone VARCHAR(64) NULL,
  member_is_assistant_to VARCHAR(64) NULL,
  member_languages TEXT NULL,
  member_login_id VARCHAR(64) NULL,
  member_mail_opt_out_yn TINYINT(1) NULL,
  member_mls_access_yn TINYINT(1) NULL,
  member_mls_security_class VARCHAR(100) NULL,
  member_mobile_phone VARCHAR(64) NULL,
  member_name_prefix VARCHAR(64) NULL,
  member_name_suffix VARCHAR(64) NULL,
  member_national_association_entry_date DATE NULL,
  member_national_association_id VARCHAR(64) NULL,
  member_nickname VARCHAR(64) NULL,
  member_office_phone VARCHAR(64) NULL,
  member_office_phone_ext VARCHAR(64) NULL,
  member_other_phone_type VARCHAR(100) NULL,
  member_pager VARCHAR(64) NULL,
  member_phone_ttytdd VARCHAR(64) NULL,
  member_postal_code VARCHAR(64) NULL,
  member_postal_code_plus4 VARCHAR(64) NULL,
  member_preferred_mail VARCHAR(100) NULL,
  member_preferred_media VARCHAR(100) NULL,
  member_preferred_phone VARCHAR(64) NULL,
  member_preferred_phone_ext VARCHAR(64) NULL,
  member_preferred_publication VARCHAR(100) NULL,
  member_primary_aor_id VARCHAR(64) NULL,
  member_state_license VARCHAR(64) NULL,
  member_state_license_expiration_date DATE NULL,
  member_state_license_state VARCHAR(100) NULL,
  member_state_license_type VARCHAR(64) NULL,
  member_state_or_province VARCHAR(100) NULL,
  member_toll_free_phone VARCHAR(64) NULL,
  member_transfer_date DATE NULL,
  member_voice_mail VARCHAR(64) NULL,
  member_voice_mail_ext VARCHAR(64) NULL,
  member_voting_precinct VARCHAR(64) NULL,
  office_national_association_id VARCHAR(64) NULL,
  social_media_type VARCHAR(100) NULL,
  syndicate_to TEXT NULL,
  unique_licensee_identifier VARCHAR(255) NULL,
  originating_system_id VARCHAR(64) NULL,
  originating_system_name VARCHAR(255) NULL,
  originating_system_member_key VARCHAR(255) NULL,
  source_system_id VARCHAR(64) NULL,
  source_system_name VARCHAR(255) NULL,
  source_system_member_key VARCHAR(255) NULL,
  original_entry_timestamp DATETIME(3) NULL,
  modification_timestamp DATETIME(3) NOT NULL,

  content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,

  PRIMARY KEY (member_key),
  KEY member_mls_id (member_mls_id),
  KEY office_key (office_key),
  KEY modification_timestamp (modification_timestamp),
  KEY deleted_at (deleted_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS members_raw (
  member_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  payload LONGTEXT NOT NULL,
  PRIMARY KEY (member_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS teams (
  team_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  team_name VARCHAR(64) NULL,
  team_status VARCHAR(100) NULL,
  team_lead_key VARCHAR(255) NULL,
  team_lead_mls_id VARCHAR(64) NULL,
  social_media_type VARCHAR(100) NULL,
  team_address1 VARCHAR(64) NULL,
  team_address2 VARCHAR(64) NULL,
  team_carrier_route VARCHAR(64) NULL,
  team_city VARCHAR(64) NULL,
  team_country VARCHAR(100) NULL,
  team_county_or_parish VARCHAR(100) NULL,
  team_description TEXT NULL,
  team_direct_phone VARCHAR(64) NULL,
  team_email VARCHAR(80) NULL,
  team_fax VARCHAR(64) NULL,
  team_lead_login_id VARCHAR(64) NULL,
  team_lead_national_association_id VARCHAR(64) NULL,
  team_lead_state_license VARCHAR(64) NULL,
  team_lead_state_license_state VARCHAR(100) NULL,
  team_mobile_phone VARCHAR(64) NULL,
  team_office_phone VARCHAR(64) NULL,
  team_office_phone_ext VARCHAR(64) NULL,
  team_postal_code VARCHAR(64) NULL,
  team_postal_code_plus4 VARCHAR(64) NULL,
  team_preferred_phone VARCHAR(64) NULL,
  team_preferred_phone_ext VARCHAR(64) NULL,
  team_state_or_province VARCHAR(100) NULL,
  team_toll_free_phone VARCHAR(64) NULL,
  team_voice_mail VARCHAR(64) NULL,
  team_voice_mail_ext VARCHAR(64) NULL,
  originating_system_id VARCHAR(64) NULL,
  originating_system_name VARCHAR(255) NULL,
  originating_system_key VARCHAR(255) NULL,
  source_system_id VARCHAR(64) NULL,
  source_system_name VARCHAR(255) NULL,
  source_system_key VARCHAR(255) NULL,
  original_entry_timestamp DATETIME(3) NULL,
  modification_timestamp DATETIME(3) NOT NULL,

  content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,

  PRIMARY KEY (team_key),
  KEY team_lead_key (team_lead_key),
  KEY modification_timestamp (modification_timestamp),
  KEY deleted_at (deleted_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS teams_raw (
  team_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  payload LONGTEXT NOT NULL,
  PRIMARY KEY (team_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS team_members (
  team_member_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  team_key VARCHAR(255) COLLATE {{key_collation}} NULL,
  member_key VARCHAR(255) COLLATE {{key_collation}} NULL,
  member_mls_id VARCHAR(64) NULL,
  team_member_type VARCHAR(100) NULL,
  member_login_id VARCHAR(64) NULL,
  team_impersonation_level VARCHAR(100) NULL,
  team_member_national_association_id VARCHAR(64) NULL,
  team_member_state_license VARCHAR(64) NULL,
  originating_system_id VARCHAR(64) NULL,
  originating_system_name VARCHAR(255) NULL,
  originating_system_key VARCHAR(255) NULL,
  source_system_id VARCHAR(64) NULL,
  source_system_name VARCHAR(255) NULL,
  source_system_key VARCHAR(255) NULL,
  original_entry_timestamp DATETIME(3) NULL,
  modification_timestamp DATETIME(3) NOT NULL,

  content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,

  PRIMARY KEY (team_member_key),
  KEY team_key (team_key),
  KEY member_key (member_key),
  KEY modification_timestamp (modification_timestamp),
  KEY deleted_at (deleted_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS team_members_raw (
  team_member_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  payload LONGTEXT NOT NULL,
  PRIMARY KEY (team_member_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS lookups (
  lookup_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  lookup_name VARCHAR(255) NULL,
  lookup_value VARCHAR(255) NULL,
  standard_lookup_value VARCHAR(255) NULL,
  legacy_o_data_value VARCHAR(255) NULL,
  modification_timestamp DATETIME(3) NOT NULL,

  content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,

  PRIMARY KEY (lookup_key),
  KEY lookup_name (lookup_name),
  KEY modification_timestamp (modification_timestamp),
  KEY deleted_at (deleted_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS lookups_raw (
  lookup_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  payload LONGTEXT NOT NULL,
  PRIMARY KEY (lookup_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
