/** Styles as text, for where no page brings them; of `src/build/bundle.mjs`. */
declare module '*.css' {
  const text: string;
  export default text;
}
