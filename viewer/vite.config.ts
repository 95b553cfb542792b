import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const room = here('./src/room/main.ts');
const theme = here('./src/theme/theme.ts');
const send = here('./src/send/main.ts');

// A reading copy is uncompressed by contract, so no decoder is ever called:
// leaving them out takes 3 MB of WebAssembly from the build.
const absentCodec = here('./src/room/stage/absent-codec.ts');

// Python for the browser (the page Send from the browser) is copied as it is, under a name that its content gives it,
// so that browsers may keep it for ever.
const PYODIDE = ['pyodide.mjs', 'pyodide.asm.js', 'pyodide.asm.wasm', 'python_stdlib.zip', 'pyodide-lock.json'];
const pyodide = {
  name: 'pyodide-beside',
  apply: 'build' as const,
  generateBundle(this: { emitFile: (file: { type: 'asset'; fileName: string; source: Uint8Array | string }) => void }) {
    const from = here('./node_modules/pyodide/');
    const files = PYODIDE.map((name) => ({ name, source: readFileSync(from + name) }));
    const hash = createHash('sha256');
    for (const { name, source } of files) hash.update(name).update(source);
    const { version } = JSON.parse(readFileSync(`${from}package.json`, 'utf8')) as { version: string };
    const folder = `pyodide-${version}-${hash.digest('hex').slice(0, 8)}`;
    for (const { name, source } of files) this.emitFile({ type: 'asset', fileName: `${folder}/${name}`, source });
    this.emitFile({ type: 'asset', fileName: 'pyodide.json', source: JSON.stringify({ folder, version }) });
  },
};

export default defineConfig({
  base: '/static/built/',
  publicDir: false,
  plugins: [pyodide],
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
    rollupOptions: { input: { room, send, ...(existsSync(theme) ? { theme } : {}) } },
  },
  worker: { format: 'es' },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
} as import('vite').UserConfig);
