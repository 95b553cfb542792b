// What a person chose: files, folders, archives; and which of it may be DICOM at all.
import { BadArchive, entries, isArchive } from './zip';

export interface Found {
  path: string;
  size: number;
  read: () => Promise<Blob>;
}

export interface LeftOut {
  path: string;
  words: string;
}

export interface Chosen {
  files: Found[];
  left: LeftOut[];
}

const NOT_DICOM = 'Not a DICOM file.';

/** Files as chosen by an input or dropped, archives opened, what is no DICOM left out. */
export async function chosenFrom(given: readonly { path: string; file: File }[]): Promise<Chosen> {
  const chosen: Chosen = { files: [], left: [] };
  for (const { path, file } of given) {
    if (await isArchive(file)) await openArchive(path, file, chosen);
    else chosen.files.push({ path, size: file.size, read: () => Promise.resolve(file) });
  }
  return chosen;
}

async function openArchive(path: string, file: File, chosen: Chosen): Promise<void> {
  try {
    for (const packed of await entries(file)) {
      const name = `${path}/${packed.path}`;
      if (packed.problem) chosen.left.push({ path: name, words: packed.problem });
      else chosen.files.push({ path: name, size: packed.size, read: packed.read });
    }
  } catch (error) {
    if (!(error instanceof BadArchive || error instanceof RangeError || error instanceof TypeError)) throw error;
    chosen.left.push({ path, words: 'The archive is damaged or incomplete. Make it again.' });
  }
}

/** The bytes of a file where they may be DICOM; else in words why not. */
export async function opened(found: Found): Promise<Blob | string> {
  if (found.size === 0) return 'The file is empty.';
  try {
    const blob = await found.read();
    const head = new Uint8Array(await blob.slice(0, 132).arrayBuffer());
    return mayBeDicom(head) ? blob : NOT_DICOM;
  } catch {
    return 'The file cannot be read. If it lies on a CD, copy the CD to a folder first.';
  }
}

/** DICM behind the preamble, or a first element of the groups that a data set begins with. */
export function mayBeDicom(head: Uint8Array): boolean {
  if (String.fromCharCode(...head.slice(128, 132)) === 'DICM') return true;
  const [a, b, c, d] = head;
  const little = (a === 2 || a === 8) && b === 0 && d === 0;
  const big = a === 0 && (b === 2 || b === 8) && c === 0;
  return head.length > 8 && (little || big);
}

/** What was dropped: folders with all that lies in them. */
export async function dropped(transfer: DataTransfer): Promise<{ path: string; file: File }[]> {
  const entriesOf = [...transfer.items].map((i) => i.webkitGetAsEntry()).filter((e) => e !== null);
  const found: { path: string; file: File }[] = [];
  const waiting: FileSystemEntry[] = [...entriesOf];
  while (waiting.length) {
    const entry = waiting.shift()!;
    if (entry.isFile) {
      const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
      found.push({ path: entry.fullPath.replace(/^\//, ''), file });
    } else {
      waiting.push(...(await inside(entry as FileSystemDirectoryEntry)));
    }
  }
  return found;
}

async function inside(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  // readEntries gives at most 100 at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return found;
    found.push(...some);
  }
}
