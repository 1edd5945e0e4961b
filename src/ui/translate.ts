/** Puts a text into the person's language; %1, %2, … stand for the arguments. */
export type Translate = (text: string, ...args: (string | number)[]) => string;

/** The text as it is. */
export const plain: Translate = (text, ...args) =>
  text.replace(/%(\d)/g, (whole, place: string) => String(args[Number(place) - 1] ?? whole));
