#!/usr/bin/env -S node --
import { describeOldNode } from './lib/node-version.ts';

// Everything else is imported after this check, and this file uses only syntax of Node.js 12. Otherwise an old Node.js would
// fail with a stack trace, or in the middle of a run.
const problem = describeOldNode(process.versions.node);

function refuse(message: string): void {
  process.stderr.write(`trestle-etl: ${message}\n`);
  process.exitCode = 78;
}

if (problem === undefined) {
  import('./cli/process.ts')
    .then(({ start }) => start(process.argv))
    .catch((error: Error) =>
      refuse(`the installation is incomplete: ${error.message.split('\n')[0]} — install trestle-etl again`),
    );
} else {
  refuse(problem);
}
