type CleanUp = () => Promise<unknown> | void;

const fileEnds: CleanUp[] = [];
const testEnds: CleanUp[] = [];

/**
 * Test files share a process and its modules, so a hook that a helper registers while it is loaded would belong to the first
 * file alone. What is given here once is called at the end of every file, the last one first.
 */
export const atFileEnd = (cleanUp: CleanUp): void => void fileEnds.unshift(cleanUp);

/** The same at the end of every test. */
export const atTestEnd = (cleanUp: CleanUp): void => void testEnds.unshift(cleanUp);

/** For `set-up.ts`. Calls all of them, even if one fails. @throws the first error. */
export async function endFile(): Promise<void> {
  const errors: unknown[] = [];
  for (const cleanUp of fileEnds) {
    try {
      await cleanUp();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** For `set-up.ts`. */
export async function endTest(): Promise<void> {
  for (const cleanUp of testEnds) await cleanUp();
}
