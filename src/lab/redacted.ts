import type { pdf } from '../bridge';
import type { Translate } from '../forms';

/** What people should know of a redaction, in the file's own words where it found some. */
export interface Told {
  readonly notes: readonly string[];
  /** Whether something stays that was to go, or may: it was not found, or not looked for everywhere. */
  readonly stays: boolean;
}

/** Tells what a redaction did. */
export function told({ pages, notFound, acknowledged, notSearched }: pdf.RedactionReport, trans: Translate): Told {
  const places = pages.reduce((sum, { hits }) => sum + hits.length, 0);
  const numbers = pages.map(({ page }) => page).join(', ');
  const removed =
    pages.length === 1 ? trans('Removed: %1, on page %2.', places, numbers) : trans('Removed: %1, on pages %2.', places, numbers);
  return {
    notes: [
      places ? removed : trans('Nothing was removed.'),
      ...(notFound.length ? [trans('On no page: %1.', notFound.join(', '))] : []),
      ...pages.filter(({ reason }) => reason).map(({ page, reason }) => trans('Page %1 became a picture: %2.', page, reason)),
      ...(acknowledged.length ? [trans('Without text, looked through by you: pages %1.', acknowledged.join(', '))] : []),
      // The module's own words, which name the pages.
      ...notSearched.map(what => trans('Not searched, to be looked through: %1', what))
    ],
    stays: !places || notFound.length > 0 || notSearched.length > 0
  };
}
