import type { FileRef } from '../bridge/values';

/** Width and height, in px. */
export type Box = readonly [width: number, height: number];

export type Side = 'before' | 'after';

/** A picture to be shown. */
export interface Sight {
  /** Its pixels, or fewer; of a private picture by reference, for they stay in the vault. */
  readonly raster: {
    readonly width: number;
    readonly height: number;
    /** As `rgb8`, `la16`. */
    readonly format: string;
    readonly pixels: Uint8Array | FileRef;
  };
  /** Of the picture itself. */
  readonly full: Box;
}
