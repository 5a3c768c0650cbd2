// Runs in the browser. Pages are complete without it: it adds plots, local times and fresh content.
import { drawPlots } from './plots.js';
import { keepFresh } from './refresh.js';
import { startZone } from './zone.js';

const zone = startZone(() => drawPlots(zone.isLocal()));
drawPlots(zone.isLocal());
keepFresh(() => {
  zone.show();
  drawPlots(zone.isLocal());
});
