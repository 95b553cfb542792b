import { cache, imageLoader, metaData, utilities, type Types } from '@cornerstonejs/core';

import type { Sheet } from './geometry';
import { sheetOf } from './images';
import { NoVolume, Volume, type Cut, type Pixels } from './volume';

/**
 * Images that are cut out of a volume by this program, and shown as a stack like any other: so that they look and
 * measure the same whether a graphics card or the CPU draws them (Cornerstone's volumes need the card).
 */
interface Source {
  volume: Volume;
  cut: Cut;
  /** An image of the stack, for all but geometry. */
  like: string;
}

const SCHEME = 'reslice';
const sources = new Map<string, Source>();
let registered = false;

/** Modules of an image that say where it lies; the others are those of the image that it was cut from. */
const PLANE = 'imagePlaneModule';
const SHARED = new Set(['generalSeriesModule', 'voiLutModule', 'modalityLutModule', 'imagePixelModule', 'scalingModule']);

const parts = (id: string): { source: Source; index: number } | null => {
  const match = /^reslice:(.+)#(\d+)$/.exec(id);
  const source = match ? sources.get(match[1] ?? '') : undefined;
  return source && match ? { source, index: Number(match[2]) } : null;
};

export const isCut = (id: string): boolean => id.startsWith(`${SCHEME}:`);

function register(): void {
  if (registered) return;
  registered = true;
  imageLoader.registerImageLoader(SCHEME, ((id: string) => ({ promise: Promise.resolve().then(() => make(id)) })) as never);
  metaData.addProvider((type: string, id: unknown) => (typeof id === 'string' && isCut(id) ? module(type, id) : undefined), 10_000);
}

/** The images that were made, to be freed with the case. */
const made = new Set<string>();

function module(type: string, id: string): unknown {
  const found = parts(id);
  if (!found) return undefined;
  if (SHARED.has(type)) return metaData.get(type, found.source.like);
  return type === PLANE ? plane(found.source.volume.sheet(found.source.cut, found.index)) : undefined;
}

function plane(sheet: Sheet): object {
  const [columnPixelSpacing, rowPixelSpacing] = sheet.spacing;
  return {
    frameOfReferenceUID: sheet.frameOfReference,
    rows: sheet.rows,
    columns: sheet.columns,
    imageOrientationPatient: [...sheet.row, ...sheet.column],
    rowCosines: sheet.row,
    columnCosines: sheet.column,
    imagePositionPatient: sheet.position,
    pixelSpacing: [rowPixelSpacing, columnPixelSpacing],
    rowPixelSpacing,
    columnPixelSpacing,
    usingDefaultValues: false,
  };
}

function make(id: string): Types.IImage {
  const found = parts(id);
  const like = found && cache.getImage(found.source.like);
  if (!found || !like) throw new Error('The images that this plane is cut from are not in memory');
  const { sheet, pixels } = found.source.volume.slice(found.source.cut, found.index);
  made.add(id);
  const { columns, rows } = sheet;
  const [columnPixelSpacing, rowPixelSpacing] = sheet.spacing;
  const range = extremes(pixels);
  const frame = { ...(like as { imageFrame?: object }).imageFrame, pixelData: pixels, columns, rows, pixelDataLength: pixels.length, smallestPixelValue: range.min, largestPixelValue: range.max };
  return {
    ...like,
    imageId: id,
    columns,
    rows,
    width: columns,
    height: rows,
    columnPixelSpacing,
    rowPixelSpacing,
    minPixelValue: range.min,
    maxPixelValue: range.max,
    sizeInBytes: pixels.byteLength,
    imageFrame: frame,
    cachedLut: undefined,
    voxelManager: utilities.VoxelManager.createImageVoxelManager({ scalarData: pixels as never, width: columns, height: rows, numberOfComponents: 1 }),
    getPixelData: () => pixels,
  } as unknown as Types.IImage;
}

function extremes(pixels: Pixels): { min: number; max: number } {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < pixels.length; i += 1) {
    const value = pixels[i] as number;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/** The volume of a stack whose images are all in memory; raises NoVolume with the reason where it is none. */
export function volumeOf(ids: string[]): Volume {
  const slices = ids.map((id) => {
    const [image, sheet] = [cache.getImage(id), sheetOf(id)];
    if (!image || image.color) throw new NoVolume('This series cannot be cut in another plane');
    if (!sheet) throw new NoVolume('These images do not say where they lie in the patient, so that no other plane can be cut');
    return { sheet, pixels: image.getPixelData() as unknown as Pixels };
  });
  return new Volume(slices);
}

/** The images of a cut, by name; each is made when it is asked for. */
export function cutStack(volume: Volume, cut: Cut, series: string, like: string): string[] {
  register();
  const name = `${series}/${cut}`;
  sources.set(name, { volume, cut, like });
  return Array.from({ length: volume.count(cut) }, (_, i) => `${SCHEME}:${name}#${i}`);
}

/** The case is left: what was cut for it is freed. */
export function forgetCuts(): void {
  for (const id of made) {
    if (cache.getImageLoadObject(id)) cache.removeImageLoadObject(id);
  }
  made.clear();
  sources.clear();
}
