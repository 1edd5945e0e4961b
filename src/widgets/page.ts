// A widget without a face: the link alone.
import type { Model } from './afm';
import { Link } from './link';

// A function, so that each widget has what it makes for itself.
export default () => {
  return {
    initialize({ model }: { model: Model<never> }): () => void {
      const link = new Link(model);
      return () => link.close();
    }
  };
};
