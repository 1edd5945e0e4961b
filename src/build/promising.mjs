/** In place of `WebAssembly.promising`: no function of ours suspends. */
export const promising = f => f;
