import type { Bridge } from './bridge';

/** The bridge that all front-ends of a page share, whichever of them comes first. */
export interface PageBridge {
  readonly version: 1;
  /** Names this load of the page: what lives in its bridge is gone when another comes. */
  readonly page: string;
  /**
   * The bridge; made when it is first asked for, and again after a start that failed.
   *
   * @param make Makes it, where the page has no way of its own.
   */
  bridge(make?: () => Promise<Bridge>): Promise<Bridge>;
  /** The bridge when somebody has started it; waiting for it starts nothing. */
  readonly started: Promise<Bridge>;
}

const none = (): Promise<Bridge> => Promise.reject(new Error('Nothing in this page makes a bridge.'));
const KEY = Symbol.for('wasmcell.bridge');

/**
 * The page's bridge: the one that is registered on `globalThis[Symbol.for('wasmcell.bridge')]`, else a
 * new one, which is registered there.
 *
 * @param own The page's own way to make a bridge; not called where there is one already.
 */
export function pageBridge(own?: () => Promise<Bridge>): PageBridge {
  const there = (globalThis as { [KEY]?: PageBridge })[KEY];
  if (there?.version === 1) {
    return there;
  }
  let bridge: Promise<Bridge> | undefined;
  let tell: (bridge: Bridge) => void;
  const started = new Promise<Bridge>(resolve => (tell = resolve));
  const made: PageBridge = Object.freeze({
    version: 1,
    // `randomUUID` is there in secure contexts only.
    page: Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join(''),
    bridge: (make = none) => {
      if (!bridge) {
        bridge = (own ?? make)();
        bridge.then(tell, () => (bridge = undefined));
      }
      return bridge;
    },
    started
  });
  if (!there) {
    Object.defineProperty(globalThis, KEY, { value: made });
  }
  return made;
}
