import image from '../../wasmcell/modules/image.json';
import pdf from '../../wasmcell/modules/pdf.json';
import pdfMake from '../../wasmcell/modules/pdf-make.json';
import { moduleOf, type Description, type ModuleSource } from '../bridge';

/** The modules that come with the extension; their bytes are fetched when they are first used. */
export const MODULES: readonly ModuleSource[] = [
  moduleOf(image as unknown as Description, new URL('../../wasmcell/modules/image.wasm', import.meta.url)),
  moduleOf(pdf as unknown as Description, new URL('../../wasmcell/modules/pdf.wasm', import.meta.url)),
  moduleOf(pdfMake as unknown as Description, new URL('../../wasmcell/modules/pdf-make.wasm', import.meta.url))
];
