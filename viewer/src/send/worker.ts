// One worker: Python and the engine, one file at a time. What is identifiable stays here and in the page's own memory;
// this file talks to nobody but the page that started it.
import { look, type Described } from './pixels';
import type { Ask, Answer, EngineFiles, Glance, Made, MadeFile, Waits } from './protocol';

interface Proxy {
  (...given: unknown[]): unknown;
  toJs(options?: unknown): unknown;
  destroy(): void;
}

interface Python {
  runPython(code: string): unknown;
  unpackArchive(data: ArrayBuffer, format: string, options: { extractDir: string }): void;
  globals: { get(name: string): Proxy };
}

const LARGEST = 768 * 2 ** 20; // bytes of one file: Python's memory here ends at some 2 GB

// Buffers are copied once, by Python; its answers are strings, bytes and pairs of them.
const GLUE = `
from provident.adapters.browser.station import Station
from provident.kernel import ProvidentError

bench = None

def seen(look):
    return lambda told, value: str(look(told, value))

def opened(settings, secret, look):
    global bench
    try:
        bench = Station(settings, secret.to_bytes(), seen(look))
    except ProvidentError as error:
        return str(error)
    return ""

def glance(data):
    return bench.glance(data.to_bytes())

def make(data, stands):
    return bench.make(data.to_bytes(), stands=stands)

def begin(*told):
    bench.begin(*told)

def person(*told):
    return bench.person(*told)

def visit(*told):
    return bench.visit(*told)

def manifest(told):
    return bench.manifest(told)
`;

let python: Python | undefined;

class Refused extends Error {}

async function load({ python: folder, archive, integrity }: EngineFiles): Promise<void> {
  const at = new URL(folder, self.location.origin).href;
  const [{ loadPyodide }, packed] = await Promise.all([
    import(/* @vite-ignore */ `${at}pyodide.mjs`),
    fetch(archive, { integrity, credentials: 'same-origin' }),
  ]);
  if (!packed.ok) throw new Refused('The engine could not be loaded. Reload the page.');
  const made = (await loadPyodide({ indexURL: at })) as Python;
  made.unpackArchive(await packed.arrayBuffer(), 'zip', { extractDir: '/home/pyodide' });
  made.runPython(GLUE);
  python = made;
}

function unlock(settings: string, secret: Uint8Array): void {
  const problem = call('opened', settings, secret, looked) as string;
  secret.fill(0);
  if (problem) throw new Refused(problem);
}

function looked(told: string, value: Proxy): string {
  const bytes = value.toJs() as Uint8Array;
  return look(JSON.parse(told) as Described, bytes);
}

const known = new Map<string, Proxy>();

function call(name: string, ...given: unknown[]): unknown {
  if (!python) throw new Refused('The engine is not open yet.');
  let found = known.get(name);
  if (!found) known.set(name, (found = python.globals.get(name)));
  return found(...given);
}

async function bytesOf(file: Blob): Promise<Uint8Array | null> {
  return file.size > LARGEST ? null : new Uint8Array(await file.arrayBuffer());
}

const TOO_LARGE: Waits = {
  reason: 'too_large',
  explanation: 'The file is too large for a browser. Send it through a gateway.',
  words: [],
};

async function glance(file: Blob): Promise<Glance> {
  const bytes = await bytesOf(file);
  if (!bytes) return { ...TOO_LARGE } as unknown as Glance;
  return JSON.parse(call('glance', bytes) as string) as Glance;
}

async function make(file: Blob, stands: boolean): Promise<MadeFile> {
  const original = await bytesOf(file);
  if (!original) return { made: null, waits: TOO_LARGE, bytes: null };
  const pair = call('make', original, stands) as Proxy;
  const [out, told] = pair.toJs() as [Uint8Array | undefined, string];
  pair.destroy();
  if (!out) return { made: null, waits: JSON.parse(told) as Waits, bytes: null };
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', out as BufferSource));
  const sha256 = Array.from(digest, (b) => b.toString(16).padStart(2, '0')).join('');
  const made = { ...(JSON.parse(told) as Made), sha256, size: out.byteLength };
  return { made, waits: null, bytes: out.buffer as ArrayBuffer };
}

async function answer(asked: Ask): Promise<unknown> {
  switch (asked.ask) {
    case 'load':
      return load(asked.engine);
    case 'unlock':
      return unlock(asked.settings, asked.secret);
    case 'glance':
      return glance(asked.file);
    case 'begin':
      return call('begin', asked.exam.participant, asked.exam.anchor, asked.exam.acquired);
    case 'make':
      return make(asked.file, asked.stands);
    case 'person':
      return call('person', asked.issuer, asked.patient);
    case 'visit':
      return JSON.parse(call('visit', asked.anchor, asked.acquired) as string);
    case 'manifest':
      return call('manifest', asked.told);
  }
}

self.onmessage = async ({ data }: MessageEvent<Ask & { id: number }>) => {
  const { id } = data;
  try {
    const value = await answer(data);
    const moved = (value as MadeFile | undefined)?.bytes;
    const told: Answer = { id, ok: true, value: value ?? null };
    self.postMessage(told, { transfer: moved instanceof ArrayBuffer ? [moved] : [] });
  } catch (error) {
    // A traceback may hold values of a header: its words go no further than here.
    const refused = error instanceof Refused;
    const words = refused ? error.message : '';
    self.postMessage({ id, ok: false, kind: refused ? 'refused' : 'broken', words } as Answer);
  }
};
