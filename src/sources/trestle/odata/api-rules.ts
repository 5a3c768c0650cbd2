import type { ApiRules, QuotaRules, SignInRules } from '../../../http/api-rules.ts';
import { readErrorText, isODataError } from './error-text.ts';
import { readQuotaHeaders } from './quota-headers.ts';
import { tryParse } from './try-parse.ts';

export const API_RULES: ApiRules = {
  isOwnRefusal: isODataError,
  errorText: ({ body }) => readErrorText(tryParse(body.toString())),
  hints: {
    unreachable: 'check the network, TRESTLE_API_BASE_URL and REQUEST_TIMEOUT',
    unauthorized: 'check TRESTLE_CLIENT_ID',
    intercepted:
      'a CDN, gateway or firewall in front of the API answered, or TRESTLE_API_BASE_URL is wrong: try again later',
    moved: "set TRESTLE_API_BASE_URL to the service's new address",
    forbidden: 'the licence may lack this resource (see RESOURCES), or TRESTLE_API_BASE_URL is wrong',
    refused:
      'check the filters (PROPERTY_FILTER …), PROPERTY_SELECT and INCREMENTAL_FIELD against the licence',
  },
};

export const SIGN_IN_RULES: SignInRules = {
  scope: 'api',
  hints: {
    credentials: 'check TRESTLE_CLIENT_ID and TRESTLE_CLIENT_SECRET',
    token: 'check that TRESTLE_CLIENT_ID is licensed for this feed and that TRESTLE_API_BASE_URL is correct',
    intercepted:
      'a CDN, gateway or firewall in front of the API answered, or TRESTLE_TOKEN_URL is wrong: try again later',
    endpoint: 'check TRESTLE_TOKEN_URL and TRESTLE_API_BASE_URL',
  },
};

export const QUOTA_RULES: QuotaRules = {
  read: readQuotaHeaders,
  hint: 'the next run resumes from here; QUOTA_RESERVE_PERCENT and QUOTA_MAX_WAIT set the limits',
};
