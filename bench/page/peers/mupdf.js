// In the page's own thread. Under the AGPL: compared with, never shipped.
import * as mupdf from '/peers/mupdf/dist/mupdf.js';

export async function load({ documents, pages }) {
  const open = data => mupdf.Document.openDocument(data, 'application/pdf');
  const works = {};
  for (const [name, number] of pages) {
    const kept = open(documents[name]);
    works[`fresh ${name}`] = { MuPDF: async () => freed(open(documents[name]), document => pixels(document, number)) };
    works[`warm ${name}`] = { MuPDF: async () => pixels(kept, number) };
  }
  works.text = {
    MuPDF: async () =>
      freed(open(documents.book), document => {
        const texts = [];
        for (let number = 0; number < document.countPages(); number++) {
          texts.push(freed(document.loadPage(number), page => freed(page.toStructuredText(''), text => text.asText())));
        }
        return { text: texts.join('\n') };
      })
  };
  return works;
}

function pixels(document, number) {
  const matrix = mupdf.Matrix.scale(96 / 72, 96 / 72);
  return freed(document.loadPage(number - 1), page =>
    freed(page.toPixmap(matrix, mupdf.ColorSpace.DeviceRGB, false, true), pixmap => ({
      width: pixmap.getWidth(),
      data: pixmap.getPixels().slice(),
      channels: 3
    }))
  );
}

function freed(object, use) {
  try {
    return use(object);
  } finally {
    object.destroy();
  }
}
