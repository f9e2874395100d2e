import { defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the page works behind any path prefix.
  base: './',
  worker: { format: 'es' },
  build: {
    // Files, not data URLs: the Content-Security-Policy then needs fewer exceptions.
    assetsInlineLimit: 0,
    // Monaco is one large library; splitting it would only add round trips to a local server.
    chunkSizeWarningLimit: 5000,
    // The notices that the bundled libraries ask to be kept with them.
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      // "use client" speaks to server-side React, which is not here.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
  },
});
