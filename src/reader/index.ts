/** The reader: a document's pages, outline and text, to be read and looked through. Plain DOM, for any page. */
export { LockedError } from './book';
export type { Book } from './book';
export { DocumentBook } from './document';
export type { Instance } from './document';
export { Reader } from './reader';
export type { ReaderOptions } from './reader';
