/** Puts a text (one of `T`) into the person's language; %1, %2, … stand for the arguments. */
export type Translate<T extends string = string> = (text: T, ...args: (string | number)[]) => string;

/** The text as it is. */
export const plain: Translate = (text, ...args) =>
  text.replace(/%(\d)/g, (whole, place: string) => String(args[Number(place) - 1] ?? whole));
