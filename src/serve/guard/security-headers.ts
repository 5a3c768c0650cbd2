/** The headers of every answer. Pages load nothing from elsewhere, and no script or style within their text. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': formatPolicy("'self'"),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** The page of the API's documentation, which Swagger UI styles by attributes. */
export const DOCS_POLICY = formatPolicy("'self' 'unsafe-inline'");

function formatPolicy(style: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${style}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}
