// In its own worker, as it is meant to be used. It takes the bytes that it is given, so it gets copies.
import * as pdfjs from '/peers/pdfjs-dist/build/pdf.min.mjs';

const AT = '/peers/pdfjs-dist/';
pdfjs.GlobalWorkerOptions.workerSrc = `${AT}build/pdf.worker.min.mjs`;

export async function load({ documents, pages }) {
  const worker = new pdfjs.PDFWorker(); // kept, as the workers of the others are
  const open = data =>
    pdfjs.getDocument({
      data: data.slice(),
      worker,
      cMapUrl: `${AT}cmaps/`,
      standardFontDataUrl: `${AT}standard_fonts/`,
      wasmUrl: `${AT}wasm/`,
      iccUrl: `${AT}iccs/`
    }).promise;
  const works = {};
  for (const [name, number] of pages) {
    const kept = await open(documents[name]);
    works[`fresh ${name}`] = {
      'pdf.js': async () => {
        const document = await open(documents[name]);
        try {
          return await pixels(document, number);
        } finally {
          await document.loadingTask.destroy();
        }
      }
    };
    works[`warm ${name}`] = { 'pdf.js': () => pixels(kept, number) };
  }
  works.text = {
    'pdf.js': async () => {
      const document = await open(documents.book);
      const texts = [];
      for (let number = 1; number <= document.numPages; number++) {
        const page = await document.getPage(number);
        const { items } = await page.getTextContent();
        texts.push(items.map(({ str, hasEOL }) => str + (hasEOL ? '\n' : '')).join(''));
      }
      await document.loadingTask.destroy();
      return { text: texts.join('\n') };
    }
  };
  return works;
}

async function pixels(document, number) {
  const page = await document.getPage(number);
  const viewport = page.getViewport({ scale: 96 / 72 });
  const canvas = window.document.createElement('canvas');
  canvas.width = Math.round(viewport.width);
  canvas.height = Math.round(viewport.height);
  const canvasContext = canvas.getContext('2d', { willReadFrequently: true });
  await page.render({ canvas, canvasContext, viewport }).promise;
  page.cleanup();
  return canvasContext.getImageData(0, 0, canvas.width, canvas.height);
}
