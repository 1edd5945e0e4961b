// Whether a widget's kernel still lives, as far as its host tells.
import type { Model } from './afm';

/** What Jupyter's widget manager knows; other hosts have none of it, or less. */
export interface Manager {
  readonly kernel?: { readonly statusChanged?: Signal<string>; readonly iopubMessage?: Signal<Message> } | null;
  /** Of a notebook. */
  readonly context?: { readonly sessionContext?: SessionContext };
}

interface SessionContext {
  readonly isDisposed: boolean;
  readonly kernelChanged: Signal<{ readonly oldValue: unknown; readonly newValue: unknown }>;
  readonly sessionChanged: Signal<{ readonly newValue: unknown }>;
}

/** What a kernel sends of its own accord. */
interface Message {
  /** Which process sent it. */
  readonly header: { readonly session: string };
  readonly content: { readonly execution_state?: string };
}

interface Signal<T> {
  connect(slot: (sender: unknown, value: T) => void): void;
  disconnect(slot: (sender: unknown, value: T) => void): void;
}

/** What only kernels say of themselves; servers say 'restarting' and 'dead'. */
const ALIVE = ['starting', 'busy', 'idle'];

/**
 * Has `ended` called when the kernel's process is gone. A connection that is lost, or a notebook that is
 * closed, is not that: the kernel goes on.
 *
 * @param session Names the process in its messages, as far as it knows.
 * @returns Ends that.
 */
export function whenEnded({ widget_manager: manager }: Model<never>, session: string, ended: () => void): () => void {
  const status = manager?.kernel?.statusChanged;
  const messages = manager?.kernel?.iopubMessage;
  const context = manager?.context?.sessionContext;
  // Restarted by a person or of itself, or dead for good.
  const onStatus = (_: unknown, now: string): void => void (['restarting', 'dead'].includes(now) && ended());
  // Restarted from another page: all that is heard of it is that another process speaks.
  let known = false;
  const onMessage = (_: unknown, { header, content }: Message): void => {
    known ||= header.session === session;
    if (known && header.session !== session && ALIVE.includes(content.execution_state!)) {
      ended();
    }
  };
  // Another kernel was chosen, or none.
  const onKernel = (_: unknown, { oldValue, newValue }: { readonly oldValue: unknown; readonly newValue: unknown }): void =>
    void (oldValue && oldValue !== newValue && ended());
  // It was shut down from outside of the notebook.
  const onSession = (_: unknown, { newValue }: { readonly newValue: unknown }): void =>
    void (!newValue && !context!.isDisposed && ended());
  status?.connect(onStatus);
  messages?.connect(onMessage);
  context?.kernelChanged.connect(onKernel);
  context?.sessionChanged.connect(onSession);
  return () => {
    status?.disconnect(onStatus);
    messages?.disconnect(onMessage);
    context?.kernelChanged.disconnect(onKernel);
    context?.sessionChanged.disconnect(onSession);
  };
}
