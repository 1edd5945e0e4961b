// In the page's own thread, as its wrapper runs.
import { PDFiumLibrary } from '/peers/@hyzyla/pdfium/dist/index.esm.browser.js';

export async function load({ documents, pages }) {
  const library = await PDFiumLibrary.init({ wasmUrl: '/peers/@hyzyla/pdfium/dist/pdfium.wasm' });
  const works = {};
  for (const [name, number] of pages) {
    const kept = await library.loadDocument(documents[name]);
    works[`fresh ${name}`] = {
      PDFium: async () => {
        const document = await library.loadDocument(documents[name]);
        try {
          return await pixels(document, number);
        } finally {
          document.destroy();
        }
      }
    };
    works[`warm ${name}`] = { PDFium: () => pixels(kept, number) };
  }
  works.text = {
    PDFium: async () => {
      const document = await library.loadDocument(documents.book);
      const text = [...document.pages()].map(page => page.getText()).join('\n');
      document.destroy();
      return { text };
    }
  };
  return works;
}

async function pixels(document, number) {
  const page = document.getPage(number - 1);
  const { originalWidth, originalHeight } = page.getOriginalSize();
  // A scale would count from whole points, and give another size than the others'.
  const [w, h] = [originalWidth, originalHeight].map(side => Math.ceil((side * 96) / 72));
  const { width, data } = await page.render({ width: w, height: h, render: 'bitmap' });
  return { width, data: new Uint8Array(data) };
}
