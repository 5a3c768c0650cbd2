#!/usr/bin/env -S node --
import { cli } from './cli.ts';
import { outliveOutput } from './cli/output.ts';

outliveOutput();
process.exitCode = await cli(process.argv);
