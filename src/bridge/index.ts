/** The bridge: WebAssembly modules in the page. */
export { Bridge, Session } from './bridge';
export type { BridgeOptions, CallOptions, Limits, Outcome } from './bridge';
export { WasmcellError } from './errors';
export type { ErrorCode } from './errors';
export { Ledger } from './ledger';
export type { Crossing, Party } from './ledger';
export type { HomeStatus } from './home';
export type { Trace, Traces } from './traces';
export { pageBridge } from './page-bridge';
export type { PageBridge } from './page-bridge';
export { moduleAt, moduleOf } from './modules';
export type { ModuleInfo, ModuleSource } from './modules';
export type { Description } from './description';
export type * from '../generated/types';
export type { Arguments, Given, Result, Segment } from './typed';
export type { FileRef, ResourceRef } from './values';
export type { Script } from './vault';
export type { PoolOptions } from './workers';
