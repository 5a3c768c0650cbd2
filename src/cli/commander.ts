import { createRequire } from 'node:module';
import type * as Commander from 'commander';

// Required rather than imported: to import CommonJS, Node 20 first compiles a separate parser that looks for exports.
const require = createRequire(import.meta.url);

export const { Argument, Command, CommanderError, InvalidArgumentError, Option } =
  require('commander') as typeof Commander;

export type Argument = Commander.Argument;
export type Command = Commander.Command;
export type Option = Commander.Option;
export type OutputConfiguration = Commander.OutputConfiguration;
