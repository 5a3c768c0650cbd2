// Runs in the browser: shows /openapi.json with Swagger UI.
// https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/
globalThis.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  // Otherwise the address of this server would be sent to validator.swagger.io.
  validatorUrl: null,
});
