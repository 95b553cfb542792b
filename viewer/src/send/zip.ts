// Reads a ZIP archive without unpacking it whole (PKWARE APPNOTE 6.3): its directory, then each file as it is asked for.

export interface Packed {
  path: string;
  size: number;
  problem: string; // why it cannot be unpacked, blank when it can
  read: () => Promise<Blob>;
}

export class BadArchive extends Error {}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const MOST = 4 * 2 ** 30; // bytes of one unpacked file
const MOST_FILES = 200_000;
const FULL = 0xffffffff;

export async function isArchive(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5);
}

export async function entries(file: Blob): Promise<Packed[]> {
  const { offset, size, count } = await directory(file);
  if (offset + size > file.size || count > MOST_FILES) throw new BadArchive();
  const view = await viewOf(file, offset, size);
  const found: Packed[] = [];
  let at = 0;
  for (let n = 0; n < count; n++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== ENTRY) throw new BadArchive();
    const lengths = [28, 30, 32].map((place) => view.getUint16(at + place, true)) as [number, number, number];
    const entry = entryAt(file, view, at, lengths);
    if (!entry.path.endsWith('/')) found.push(entry);
    at += 46 + lengths[0] + lengths[1] + lengths[2];
  }
  return found;
}

async function viewOf(file: Blob, from: number, size: number): Promise<DataView> {
  return new DataView(await file.slice(from, from + size).arrayBuffer());
}

async function directory(file: Blob): Promise<{ offset: number; size: number; count: number }> {
  const from = Math.max(0, file.size - 65_557);
  const tail = await viewOf(file, from, file.size - from);
  for (let at = tail.byteLength - 22; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END) continue;
    const told = { count: tail.getUint16(at + 10, true), size: tail.getUint32(at + 12, true), offset: tail.getUint32(at + 16, true) };
    const large = told.count === 0xffff || told.size === FULL || told.offset === FULL;
    return large ? large64(file, tail, at) : told;
  }
  throw new BadArchive();
}

async function large64(file: Blob, tail: DataView, end: number) {
  if (end < 20 || tail.getUint32(end - 20, true) !== LOCATOR_64) throw new BadArchive();
  const view = await viewOf(file, Number(tail.getBigUint64(end - 12, true)), 56);
  if (view.byteLength < 56 || view.getUint32(0, true) !== END_64) throw new BadArchive();
  const number = (place: number): number => Number(view.getBigUint64(place, true));
  return { count: number(32), size: number(40), offset: number(48) };
}

function entryAt(file: Blob, view: DataView, at: number, [name, extra]: [number, number, number]): Packed {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const sizes = sizesOf(view, at, at + 46 + name, extra);
  const raw = new Uint8Array(view.buffer, view.byteOffset + at + 46, name);
  const path = new TextDecoder(flags & 0x800 ? 'utf-8' : 'windows-1252').decode(raw);
  let problem = '';
  if (flags & 1) problem = 'It is encrypted in its archive. Unpack the archive first.';
  else if (method !== 0 && method !== 8) problem = 'It is packed in an uncommon way. Unpack the archive first.';
  else if (sizes.plain > MOST || sizes.plain > 1100 * sizes.packed + 4096) problem = 'It unpacks to far too much and was not unpacked.';
  return { path, size: sizes.plain, problem, read: () => unpacked(file, sizes, method) };
}

interface Sizes {
  packed: number;
  plain: number;
  offset: number;
}

function sizesOf(view: DataView, at: number, extraAt: number, extra: number): Sizes {
  const told = { plain: view.getUint32(at + 24, true), packed: view.getUint32(at + 20, true), offset: view.getUint32(at + 42, true) };
  for (let place = extraAt; place + 4 <= extraAt + extra; place += 4 + view.getUint16(place + 2, true)) {
    if (view.getUint16(place, true) !== 1) continue;
    let next = place + 4; // ZIP64: only those that are full above, in this order
    for (const key of ['plain', 'packed', 'offset'] as const) {
      if (told[key] !== FULL) continue;
      told[key] = Number(view.getBigUint64(next, true));
      next += 8;
    }
  }
  return told;
}

async function unpacked(file: Blob, sizes: Sizes, method: number): Promise<Blob> {
  const local = await viewOf(file, sizes.offset, 30);
  if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL) throw new BadArchive();
  const start = sizes.offset + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const body = file.slice(start, start + sizes.packed);
  if (method === 0) return body;
  const plain = await new Response(body.stream().pipeThrough(new DecompressionStream('deflate-raw'))).blob();
  if (plain.size !== sizes.plain) throw new BadArchive();
  return plain;
}
