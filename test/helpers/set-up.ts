import { afterAll, afterEach } from 'vitest';
import { endFile, endTest } from './clean-up.ts';

// Vitest runs this before each test file, in a process that runs many.
afterAll(endFile);
afterEach(endTest);
