import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const room = here('./src/room/main.ts');
const theme = here('./src/theme/theme.ts');

// A reading copy is uncompressed by contract, so no decoder is ever called:
// leaving them out takes 3 MB of WebAssembly from the build.
const absentCodec = here('./src/room/stage/absent-codec.ts');

export default defineConfig({
  base: '/static/built/',
  publicDir: false,
  resolve: {
    alias: [
      { find: /^@cornerstonejs\/(codec-|jpeg-lossless-decoder-js).*$/, replacement: absentCodec },
      { find: /^events$/, replacement: 'events/' },
    ],
  },
  build: {
    outDir: here('../src/provident/web/static/built'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    assetsInlineLimit: 0, // the pages' policy allows files from this server only
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
    rollupOptions: { input: { room, ...(existsSync(theme) ? { theme } : {}) } },
  },
  worker: { format: 'es' },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
} as import('vite').UserConfig);
