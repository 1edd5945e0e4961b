import { PDFDocument } from '/peers/pdf-lib/dist/pdf-lib.esm.min.js';

export async function load({ documents }) {
  return {
    merge: {
      'pdf-lib': async () => {
        const merged = await PDFDocument.create();
        for (const data of [documents.book, documents.paper]) {
          const source = await PDFDocument.load(data);
          const pages = await merged.copyPages(source, source.getPageIndices());
          pages.forEach(page => merged.addPage(page));
        }
        return merged.save();
      }
    }
  };
}
