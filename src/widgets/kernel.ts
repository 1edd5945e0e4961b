// Whether a widget's kernel still lives, as far as its host tells.
import type { Model } from './afm';

/** What Jupyter's widget manager knows; other hosts have none of it, or less. */
export interface Manager {
  readonly kernel?: { readonly statusChanged?: Signal<string> } | null;
  /** Of a notebook. */
  readonly context?: { readonly sessionContext?: SessionContext };
}

interface SessionContext {
  readonly isDisposed: boolean;
  readonly kernelChanged: Signal<{ readonly oldValue: unknown; readonly newValue: unknown }>;
  readonly sessionChanged: Signal<{ readonly newValue: unknown }>;
}

interface Signal<T> {
  connect(slot: (sender: unknown, value: T) => void): void;
  disconnect(slot: (sender: unknown, value: T) => void): void;
}

/**
 * Has `ended` called when the kernel's process is gone. A connection that is lost, or a notebook that is
 * closed, is not that: the kernel goes on.
 *
 * @returns Ends that.
 */
export function whenEnded({ widget_manager: manager }: Model<never>, ended: () => void): () => void {
  const status = manager?.kernel?.statusChanged;
  const session = manager?.context?.sessionContext;
  // Restarted by a person or of itself, or dead for good.
  const onStatus = (_: unknown, now: string): void => void (['restarting', 'dead'].includes(now) && ended());
  // Another kernel was chosen, or none.
  const onKernel = (_: unknown, { oldValue, newValue }: { readonly oldValue: unknown; readonly newValue: unknown }): void =>
    void (oldValue && oldValue !== newValue && ended());
  // It was shut down from outside of the notebook.
  const onSession = (_: unknown, { newValue }: { readonly newValue: unknown }): void =>
    void (!newValue && !session!.isDisposed && ended());
  status?.connect(onStatus);
  session?.kernelChanged.connect(onKernel);
  session?.sessionChanged.connect(onSession);
  return () => {
    status?.disconnect(onStatus);
    session?.kernelChanged.disconnect(onKernel);
    session?.sessionChanged.disconnect(onSession);
  };
}
