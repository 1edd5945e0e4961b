// A private picture, drawn in the vault.
import { fileView, type FileTraits } from './file-view';

interface Traits extends FileTraits {
  readonly caption: string;
  readonly width: number;
  readonly height: number;
}

/** What is around the picture, in px: caption and padding. */
const AROUND = 34;

export default fileView<Traits>(
  (model, there) => {
    const [width, height] = [model.get('width'), model.get('height')];
    return Math.min(height, 512, ((there || width) * height) / width) + AROUND;
  },
  (bridge, model, height) => {
    const options = () => ({
      file: model.get('file'),
      name: model.get('name'),
      caption: model.get('caption'),
      width: model.get('width'),
      height: model.get('height')
    });
    return bridge.view('preview', options, height);
  }
);
