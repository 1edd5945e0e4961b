/** The kinds of failure. The first four are what a module may answer; the host finds the others. */
export type ErrorCode =
  | 'malformed'
  | 'unsupported'
  | 'invalid-argument'
  | 'limit-exceeded'
  | 'argument-type'
  | 'cancelled'
  | 'trapped'
  | 'result'
  | 'unavailable'
  | 'module'
  | 'closed'
  | 'refused';

/** Names equal to those of the Python classes in `wasmcell.errors`. */
const NAMES: Readonly<Record<ErrorCode, string>> = {
  malformed: 'MalformedError',
  unsupported: 'UnsupportedError',
  'invalid-argument': 'InvalidArgumentError',
  'limit-exceeded': 'LimitExceededError',
  'argument-type': 'ArgumentTypeError',
  cancelled: 'CancelledError',
  trapped: 'TrappedError',
  result: 'ResultError',
  unavailable: 'EngineUnavailableError',
  module: 'ModuleError',
  closed: 'ClosedError',
  refused: 'RefusedError'
};

/** A failure as plain data, to go through `postMessage`. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  /** Whether it is the function's own answer, and not what the host found. */
  readonly answered?: boolean;
  /** With code `result`: the error that the function answered, of its own type. */
  readonly value?: unknown;
}

/** Every error of wasmcell; `code` tells which kind, `name` is that of the Python class. */
export class WasmcellError extends Error {
  readonly code: ErrorCode;
  /** Whether it is the function's own answer, and not what the host found. */
  readonly answered: boolean;
  /** With code `result`: the error that the function answered, of its own type. */
  readonly value: unknown;

  constructor(code: ErrorCode, message: string, { answered = false, value }: Omit<Fault, 'code' | 'message'> = {}) {
    super(message);
    this.name = NAMES[code];
    this.code = code;
    this.answered = answered;
    this.value = value;
  }

  /** Plain data for `postMessage`. */
  toFault(): Fault {
    const { code, message, answered, value } = this;
    return { code, message, answered, value };
  }

  /** The error of a fault. */
  static fromFault(fault: Fault): WasmcellError {
    return new WasmcellError(fault.code, fault.message, fault);
  }

  /** Any thrown value as a WasmcellError; what is none already gets `code`. */
  static from(thrown: unknown, code: ErrorCode): WasmcellError {
    if (thrown instanceof WasmcellError) {
      return thrown;
    }
    // One of another bundle's, on the same page.
    if (thrown instanceof Error && 'code' in thrown && Object.hasOwn(NAMES, thrown.code as string)) {
      return WasmcellError.fromFault(thrown as unknown as Fault);
    }
    return new WasmcellError(code, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** Whether a person, or who asked for it, ended the work; it did not fail. */
export function wasCancelled(error: unknown): boolean {
  return (error instanceof WasmcellError && error.code === 'cancelled') || (error as Error)?.name === 'AbortError';
}

/** What later calls in a session are told after an error that spoiled its instance. */
export function endedError(cause: string): WasmcellError {
  return new WasmcellError('trapped', `This session was ended by an earlier error: ${cause} Open a new one.`);
}
