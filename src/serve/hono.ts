// The only file that knows the HTTP framework: https://hono.dev.
export { getRequestListener } from '@hono/node-server';
export { Hono } from 'hono';
export type { Context, MiddlewareHandler } from 'hono';
export { compress } from 'hono/compress';
