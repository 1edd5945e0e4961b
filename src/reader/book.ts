import type { pdf } from '../bridge';

/** When something is wanted, and until when. */
export interface Wanted {
  /** The lowest comes first; asked for when it is anybody's turn. */
  readonly rank: () => number;
  /** Calls it off. */
  readonly signal?: AbortSignal;
}

/** What is looked for. */
export interface Query {
  readonly text: string;
  readonly ignoreCase: boolean;
  readonly regex: boolean;
}

/** A document, as a reader needs it. Pages are numbered from 1, places are in points. */
export interface Book {
  /** Opens it. @throws LockedError if it wants a password, or another one. */
  open(password?: string): Promise<pdf.Description>;
  render(page: number, view: pdf.View, wanted: Wanted): Promise<pdf.Rendered>;
  words(page: number, wanted: Wanted): Promise<pdf.Word[]>;
  annotations(page: number, wanted: Wanted): Promise<pdf.Annotation[]>;
  search(page: number, query: Query, wanted: Wanted): Promise<pdf.Hit[]>;
  outline(wanted: Wanted): Promise<pdf.Bookmark[]>;
  close(): void;
}

/** The file wants a password, or another one than was given. */
export class LockedError extends Error {}
