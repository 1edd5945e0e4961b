// Frames that nothing gets out of: the vault itself, and the views that people see of it.

import { WasmcellError } from './errors';

/** A script: where it lies, or what it says. */
export type Script = URL | { readonly text: string };

/** The word of a frame's script that it can be given ports. */
export interface FrameReady {
  readonly wasmcell: 'vault ready';
}

/** What a sealed frame is made of. */
export interface Sealed {
  readonly script: Script;
  /** What the script says, wherever it lies. */
  readonly text: string;
  /** Its content security policy. */
  readonly policy: string;
  /** Whether people may save files from it. */
  readonly downloads?: boolean;
  /** Known to the frame and to who made it; a message without it is none of ours. */
  readonly nonce?: string;
}

/** How long a frame may take to load, and then to say so, in milliseconds. */
const START = 10_000;
const GRACE = 1_000;

/**
 * A sandboxed frame of opaque origin, which is still to be put into the document.
 *
 * There are two frames, one in the other: a frame may lead itself elsewhere, and only the policy of
 * the frame around it (`frame-src 'none'`) forbids that.
 */
export function sealed(content: Sealed): HTMLIFrameElement {
  const sandbox = content.downloads ? 'allow-scripts allow-downloads' : 'allow-scripts';
  const element = document.createElement('iframe');
  element.setAttribute('sandbox', sandbox);
  element.srcdoc = outer(inner(content), sandbox);
  return element;
}

/** The window in which a sealed frame's script runs. */
export function windowOf(element: HTMLIFrameElement): Window | undefined {
  return element.contentWindow?.[0];
}

/** Whether this is the word of a sealed frame that its script runs. */
export function isReady(element: HTMLIFrameElement, { source, data }: MessageEvent<FrameReady | undefined>): boolean {
  const frame = windowOf(element);
  return frame !== undefined && source === frame && data?.wasmcell === 'vault ready';
}

/** Resolves with the frame's window when its script runs. */
export function started(element: HTMLIFrameElement): Promise<Window> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      removeEventListener('message', hear);
      clearTimeout(timer);
    };
    const hear = (event: MessageEvent<FrameReady | undefined>): void => {
      if (isReady(element, event)) {
        settle();
        resolve(windowOf(element)!);
      }
    };
    const fail = (): void => {
      settle();
      reject(new WasmcellError('unavailable', "this page's policy forbids its script."));
    };
    let timer = setTimeout(fail, START);
    addEventListener('message', hear);
    // Once the frames are loaded, their script has run, or never will; its word may still be on the way.
    element.addEventListener('load', () => {
      clearTimeout(timer);
      timer = setTimeout(fail, GRACE);
    });
  });
}

/** The text of a script. @throws WasmcellError `unavailable` if it cannot be read. */
export async function read(script: Script): Promise<string> {
  if ('text' in script) {
    return script.text;
  }
  const response = await fetch(script);
  if (!response.ok) {
    throw new WasmcellError('unavailable', `${script} cannot be read: ${response.status}.`);
  }
  return response.text();
}

/**
 * The inner document. The script comes by address and as text: a policy like `script-src 'self'` lets
 * only the one in, cross-origin isolation without headers for it only the other; the second of two does
 * nothing. The frame's own policy comes after them, for it would let in neither.
 */
function inner({ script, text, policy, nonce = '' }: Sealed): string {
  return [
    `<!doctype html><head><meta name="wasmcell" content="${nonce}">`,
    'text' in script ? '' : `<script src="${attribute(script.href)}"></script>`,
    `<script>${text.replaceAll('</script', '<\\/script')}</script>`,
    `<meta http-equiv="Content-Security-Policy" content="${policy}"></head><body></body>`
  ].join('');
}

/** The document around it. Its policy is inherited, so it forbids nothing but to lead elsewhere. */
function outer(document: string, sandbox: string): string {
  return [
    '<!doctype html><head>',
    `<meta http-equiv="Content-Security-Policy" content="frame-src 'none'">`,
    '</head><body style="margin:0;overflow:hidden"><iframe style="display:block;width:100%;height:100vh;border:0" ',
    `sandbox="${sandbox}" srcdoc="${attribute(document)}"></iframe>`
  ].join('');
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
