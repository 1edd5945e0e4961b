// What views say. They run where no translation is, so the page that makes them gives them these, translated.
// Not among them is the question whether a file may be sent, which the page could turn round.

import { plain, type Translate } from './translate';

const TEXTS = [
  // Their frames.
  'Choose private files',
  'Private picture',
  'Private picture, before and after',
  'Private document',
  'Private report of a redaction',
  'Saving a private file',
  // A drop zone.
  'Choose files…',
  'Choose a file…',
  'Choose a folder…',
  'or drop them here',
  'or drop it here',
  'Files stay in this page, in a vault: neither the network nor the kernel sees their bytes.',
  'This page forbids the vault. Files stay in the browser, but other scripts of this page could read them.',
  'The kernel has ended, and what it knew of these files with it: run the cell again to choose files. These stay in the page as long as they are shown here.',
  'The page was closed or reloaded since; what was in it must be chosen again: %1',
  'Chosen files',
  '%1 files',
  '%1 and %2 more',
  'reading',
  'Reading %1',
  'Remove',
  'Remove %1',
  'too large to be worked on in a page (more than 1 GiB)',
  '%1: not of the type that is asked for here (%2).',
  'Only one file is asked for here; the first one was taken.',
  'At most %1 files can be chosen here; the others were left out.',
  'Chosen before, and kept once: %1',
  'What was dropped cannot be read: %1',
  // A picture.
  'Download',
  'Download %1',
  'This browser cannot draw %1; it can be downloaded.',
  // A picture before and after.
  'The picture before',
  'The picture after',
  'Divider between before and after',
  '%1 % before, %2 % after',
  'Before',
  'After',
  'Zoom',
  'Zoom out (-)',
  'Zoom in (+)',
  'Fit the picture in (0)',
  'Fit',
  '100 %: show every pixel (1)',
  // A document to read.
  'Reader',
  'Opening %1…',
  '%1 is encrypted. What is its password?',
  'Password',
  'Open',
  'That does not open it.',
  'The document has no pages.',
  '%1 cannot be read',
  'The file ends early, as if it were cut off: pages may be missing.',
  'Pages and outline',
  'Beside the pages',
  'Pages',
  'Pages, small',
  'Outline',
  'The document has no outline.',
  'Previous page',
  'Next page',
  'Page',
  'of %1',
  '(%1 of %2)',
  'Page %1',
  'Page %1 (%2)',
  'Page %1: %2',
  'Go to page %1',
  'This page cannot be drawn: %1',
  'Fit width',
  'Fit page',
  'Find (Ctrl F)',
  'Find in the document',
  'Find',
  'Match case',
  'Use a regular expression',
  'Previous hit (Shift Enter)',
  'Next hit (Enter)',
  'Close (Escape)',
  '%1 of %2',
  'Nothing found',
  'Pages that could not be read: %1',
  // A report of a redaction.
  'How',
  'Removed',
  'Left, top, right, bottom (pt)',
  'Notes',
  'rewritten',
  'became a picture',
  'a box',
  'On no page: %1',
  'Pages without text, looked through by a person: %1',
  'Not searched, to be looked through: %1'
] as const;

/** A text of a view. */
export type ViewText = (typeof TEXTS)[number];

/** What stands for each text, in the person's language. */
export type ViewTexts = Readonly<Record<ViewText, string>>;

/** The texts that views are given. */
export function textsOf(trans: Translate): ViewTexts {
  // What stands for their arguments stays, to be filled in there.
  return Object.fromEntries(TEXTS.map(text => [text, trans(text, '%1', '%2')])) as ViewTexts;
}

/** Translates in a view. */
export function translateBy(texts: ViewTexts): Translate<ViewText> {
  return (text, ...args) => plain(texts[text], ...args);
}
