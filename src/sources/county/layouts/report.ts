/** Adds a problem to the message: the place in the layout, and what is wrong there. */
export type Report = (place: string, problem: string) => void;
