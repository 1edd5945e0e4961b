// What `jupyter-builder build` needs to know beside its own rules. (`sharedPackages` in package.json: the oldest
// JupyterLab that will do; without it, the builder asks for one as new as its own.)
module.exports = {
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: 'builtin:swc-loader',
        options: { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } },
        type: 'javascript/auto'
      },
      // Scripts and modules that the bridge fetches itself are files, not part of this bundle.
      { dependency: 'url', type: 'asset/resource' }
    ]
  },
  performance: { hints: false },
  resolve: { extensions: ['.ts', '.js'] },
  output: { assetModuleFilename: '[name].[contenthash][ext]' }
};
