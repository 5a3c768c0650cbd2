import { ASSETS } from '../guard/guard.ts';
import { DOCS_POLICY } from '../guard/security-headers.ts';
import type { Hono } from '../hono.ts';
import { openAssets } from '../open-assets.ts';
import type { ServeEnv } from '../request-state.ts';

/** Name → content type. They are served by us, so that no other server learns who reads the documentation. */
const FILES = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'start.js': 'text/javascript; charset=utf-8',
} as const;

const FOLDER = `${ASSETS}docs/`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>trestle-etl API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${FOLDER}swagger-ui.css">
</head>
<body>
<noscript><p>This page needs JavaScript. <a href="/openapi.json">/openapi.json</a> has the same content.</p></noscript>
<div id="swagger-ui"></div>
<script src="${FOLDER}swagger-ui-bundle.js"></script>
<script src="${FOLDER}start.js"></script>
</body>
</html>
`;

/** Adds `/docs`, which shows `/openapi.json`: https://github.com/swagger-api/swagger-ui. */
export function addDocs(app: Hono<ServeEnv>): void {
  const answerAsset = openAssets();
  app.get('/docs', (context) =>
    context.body(PAGE, 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': DOCS_POLICY,
      'cache-control': 'no-store',
    }),
  );
  for (const [name, type] of Object.entries(FILES)) {
    app.get(`${FOLDER}${name}`, (context) => answerAsset(context, `docs/${name}`, type));
  }
}
