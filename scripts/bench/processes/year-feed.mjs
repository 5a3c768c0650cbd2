// The sandbox as a separate process whose clock and market the bench controls.
import { subscribe } from 'node:diagnostics_channel';
import { pathToFileURL } from 'node:url';
import { obey } from './obey.mjs';

const [listings = '0', sandboxFile = '', startedAt = '0'] = process.argv.slice(2);
const { startSandbox } = await import(pathToFileURL(sandboxFile).href);

let now = Number(startedAt);
// The tool takes the feed's time from this header, and does not move its watermark into the future.
subscribe('http.server.request.start', (message) => {
  const { response } = /** @type {{ response: import('node:http').ServerResponse }} */ (message);
  response.setHeader('Date', new Date(now).toUTCString());
});
const sandbox = await startSandbox({
  listings: Number(listings),
  mediaPerListing: 2,
  now: () => now,
  tokenSeconds: 400 * 86_400,
});

/** @typedef {{ now: number, added: number, changed: number, photos: number, photosOnly: number, removed: number }} Order */

obey(
  { url: sandbox.url, clientId: sandbox.clientId, clientSecret: sandbox.clientSecret },
  async (/** @type {Order} */ order) => {
    now = order.now;
    const { feed } = sandbox;
    if (order.removed > 0) feed.removeListings(order.removed);
    if (order.added > 0) feed.addListings(order.added);
    if (order.changed > 0) feed.changeListings(order.changed);
    if (order.photos > 0) feed.changePhotos(order.photos);
    if (order.photosOnly > 0) feed.changePhotos(order.photosOnly, { touchListing: false });
    const requests = sandbox.requests
      .splice(0)
      .filter((/** @type {{ kind: string }} */ { kind }) => kind === 'data').length;
    return { requests, listings: feed.size('Property'), media: feed.size('Media') };
  },
);
