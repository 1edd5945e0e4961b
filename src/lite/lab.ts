/** What of JupyterLab tells how Python is doing; the site has it in the page (`exposeAppInBrowser`). */
interface Lab {
  readonly shell: {
    readonly currentWidget: Shown | null;
    readonly currentChanged: Signal<{ readonly newValue: Shown | null }>;
  };
  readonly commands: { readonly commandExecuted: Signal<{ readonly id: string }> };
}

interface Signal<T> {
  connect(slot: (sender: unknown, args: T) => void): void;
}

/** A notebook or a console; other widgets have no session. */
interface Shown {
  readonly sessionContext?: SessionContext;
}

interface SessionContext {
  readonly disposed: Signal<unknown>;
  /** Emitted when a kernel takes the place of another one, or of none. */
  readonly kernelChanged: Signal<unknown>;
  readonly session: { readonly kernel: { readonly info: Promise<unknown> } | null } | null;
}

/** Says something, for as many milliseconds if told. */
type Line = (text: string, milliseconds?: number) => void;

/** How often it is looked whether JupyterLab is there, in milliseconds. */
const LOOK = 200;
/** How long people may take to read what the stop button does; no bar, as that would hide the menu it speaks of. */
const READ = 15_000;
const STOP =
  'The stop button does not reach Python in this page, as it is not cross-origin isolated: Kernel → Restart Kernel ends ' +
  'what runs. A limit of time ends it, too: wasmcell.Limits(seconds=…).';

/** Says that Python starts, which takes long and is silent, and that it cannot be stopped, where that is so. */
export function follow(starting: Line, stopping: Line): void {
  const lab = (globalThis as { jupyterapp?: Lab }).jupyterapp;
  if (!lab) {
    setTimeout(follow, LOOK, starting, stopping);
    return;
  }
  const seen = new WeakSet<SessionContext>();
  let those = 0;
  const tell = (change: number): void => {
    those += change;
    starting(those ? 'Python starts, which takes a while; cells wait for it' : '');
  };
  const look = async (shown: Shown | null): Promise<void> => {
    const context = shown?.sessionContext;
    if (!context || seen.has(context)) {
      return;
    }
    seen.add(context);
    // A person may be asked first which kernel is to start, or none: `ready` tells nothing of that.
    const has = (): boolean => Boolean(context.session?.kernel);
    const closed = new Promise(resolve => context.disposed.connect(resolve));
    await Promise.race([closed, has() || new Promise(resolve => context.kernelChanged.connect(() => has() && resolve(true)))]);
    tell(1);
    try {
      await Promise.race([closed, context.session?.kernel?.info]);
    } catch {
      // It did not start, which is told elsewhere.
    }
    tell(-1);
  };
  void look(lab.shell.currentWidget);
  lab.shell.currentChanged.connect((_, { newValue }) => void look(newValue));
  lab.commands.commandExecuted.connect((_, { id }) => {
    if (/^(notebook|console|kernelmenu):interrupt/.test(id) && !crossOriginIsolated) {
      stopping(STOP, READ);
    }
  });
}
