import { cache, imageLoader, metaData } from '@cornerstonejs/core';
import { wadouri } from '@cornerstonejs/dicom-image-loader';

import type { Series } from '../types';
import { scaleAt, type Scale } from './calibration';
import { originShift } from './engine';
import type { Plane, Sheet } from './geometry';
import { framesAreSlices, headerOf, meaningOf, spacingFacts, type DataSet, type Meaning } from './header';
import type { Grid } from './pixels';

/** Cornerstone's name of an image file, or of one frame (from 1) of it. */
export function imageId(address: string, frame?: number): string {
  const absolute = new URL(address, location.origin).href;
  return `wadouri:${absolute}${frame === undefined ? '' : `?frame=${frame}`}`;
}

/** The address that the server gave, with `?frame=` for a frame: how a measurement names its image. */
export function addressOf(id: string): string {
  const url = new URL(id.replace(/^wadouri:/, ''));
  return url.pathname + url.search;
}

async function dataSet(address: string): Promise<DataSet> {
  const id = imageId(address);
  return wadouri.dataSetCacheManager.load(
    id.replace(/^wadouri:/, ''),
    wadouri.getLoaderForScheme('wadouri'),
    id,
  ) as unknown as Promise<DataSet>;
}

export interface Stack {
  ids: string[];
  /** Frames a second for cine, or null for a stack of single images. */
  fps: number | null;
}

const NUMBER_OF_FRAMES = 'x00280008';
const RECOMMENDED_RATE = 'x00082144';
const CINE_RATE = 'x00180040';
const FRAME_TIME = 'x00181063';

/** The images of one file: itself, or its frames when it has several. */
async function framesOf(address: string): Promise<Stack> {
  const set = await dataSet(address);
  const frames = set.intString(NUMBER_OF_FRAMES) ?? 1;
  if (frames <= 1) return { ids: [imageId(address)], fps: null };
  if (framesAreSlices(set)) return { ids: Array.from({ length: frames }, (_, i) => imageId(address, i + 1)), fps: null };
  const time = set.floatString(FRAME_TIME);
  const fps = set.intString(RECOMMENDED_RATE) ?? set.intString(CINE_RATE) ?? (time ? 1000 / time : 20);
  return { ids: Array.from({ length: frames }, (_, i) => imageId(address, i + 1)), fps: Math.min(60, Math.max(1, fps)) };
}

/** Few files may each be a clip; many files are slices, of which the first tells the kind. */
const FEW = 12;

/** The stack of a series. Multi-frame files give one image for each frame. */
export async function stackOf(series: Series): Promise<Stack> {
  const given = series.images;
  const first = given[0];
  if (first === undefined) return { ids: [], fps: null };
  if (given.some((a) => a.includes('?frame='))) return { ids: given.map((a) => imageId(a)), fps: 20 };
  const head = await framesOf(first);
  if (head.fps === null && given.length > FEW) return { ids: given.map((a) => imageId(a)), fps: null };
  const rest = await Promise.all(given.slice(1).map(framesOf));
  const all = [head, ...rest];
  return { ids: all.flatMap((s) => s.ids), fps: all.find((s) => s.fps !== null)?.fps ?? null };
}

const RETRY_AFTER = 3_000;

/** When the network is back, or after a moment where it was not the network. */
function pause(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    stop.addEventListener('abort', () => resolve(), { once: true });
    if (navigator.onLine) setTimeout(resolve, RETRY_AFTER);
    else window.addEventListener('online', () => resolve(), { once: true });
  });
}

/**
 * Load images into memory, nearest to `from` first, a few at a time; `stop` ends it. What fails is
 * tried once more. Gives the images that cannot be had.
 */
export async function loadAhead(ids: string[], from: number, stop: AbortSignal, onLoaded: (share: number) => void): Promise<string[]> {
  const order = ids
    .map((id, i) => ({ id, away: Math.abs(i - from) }))
    .sort((a, b) => a.away - b.away)
    .map(({ id }) => id);
  let loaded = 0;
  const pass = async (wanted: string[]): Promise<string[]> => {
    const failed: string[] = [];
    const lane = async (): Promise<void> => {
      for (let id = wanted.shift(); id !== undefined && !stop.aborted; id = wanted.shift()) {
        if (await loadOne(id)) onLoaded((loaded += 1) / ids.length);
        else failed.push(id);
      }
    };
    await Promise.all([lane(), lane(), lane()]);
    return failed;
  };
  const failed = await pass(order);
  if (failed.length === 0 || stop.aborted) return failed;
  await pause(stop);
  return pass(failed);
}

/** Load one image as the viewports ask for it; false when it cannot be had. */
export async function loadOne(id: string): Promise<boolean> {
  if (cache.getImageLoadObject(id)) return true;
  try {
    await imageLoader.loadAndCacheImage(id, { priority: 0, requestType: 'prefetch' });
    return true;
  } catch {
    return false;
  }
}

/** Free the memory of a case that is signed; the next case's images stay. */
export function forget(ids: string[]): void {
  for (const id of ids) {
    if (cache.getImageLoadObject(id)) cache.removeImageLoadObject(id);
    const file = id.replace(/^wadouri:/, '').replace(/\?frame=.*$/, '');
    while (wadouri.dataSetCacheManager.isLoaded(file)) wadouri.dataSetCacheManager.unload(file);
  }
}

/** Where an image lies in the patient, or null when its file does not say (plain ultrasound, secondary capture). */
export function planeOf(id: string): Plane | null {
  const module = metaData.get('imagePlaneModule', id) as
    | { rowCosines?: number[]; columnCosines?: number[]; imagePositionPatient?: number[]; frameOfReferenceUID?: string; usingDefaultValues?: boolean }
    | undefined;
  const { rowCosines, columnCosines, imagePositionPatient, frameOfReferenceUID } = module ?? {};
  if (!rowCosines || !columnCosines || !imagePositionPatient || module?.usingDefaultValues) return null;
  return {
    row: triple(rowCosines),
    column: triple(columnCosines),
    position: triple(imagePositionPatient),
    frameOfReference: frameOfReferenceUID ?? null,
  };
}

/** Where the pixels of a loaded image lie in the patient, or null when its file does not say. */
export function sheetOf(id: string): Sheet | null {
  const plane = planeOf(id);
  const module = metaData.get('imagePlaneModule', id) as { columns?: number; rows?: number; columnPixelSpacing?: number; rowPixelSpacing?: number } | undefined;
  if (!plane || !module?.columns || !module.rows || !module.columnPixelSpacing || !module.rowPixelSpacing) return null;
  return { ...plane, columns: module.columns, rows: module.rows, spacing: [module.columnPixelSpacing, module.rowPixelSpacing] };
}

/** What lengths at these points of an image are worth. */
export function scaleOf(id: string, points: readonly (readonly [number, number])[] = []): Scale {
  const header = headerOf(id);
  if (header) return scaleAt(spacingFacts(header), points);
  const sheet = sheetOf(id); // an image that was cut out of a volume has no header of its own
  return sheet ? { spacing: sheet.spacing, sure: 'patient' } : { spacing: null, sure: 'none' };
}

/** SUV or ADC of an image's pixels, where the server could work it out. */
export function meaningOfImage(id: string): Meaning | null {
  const header = headerOf(id);
  return header && meaningOf(header);
}

export function modalityOf(id: string): string {
  const series = metaData.get('generalSeriesModule', id) as { modality?: string } | undefined;
  return series?.modality ?? '';
}

/** What is still to be done to the numbers that Cornerstone keeps of an image: nothing, or its rescale. */
export function valuesAsShown(id: string): { slope: number; intercept: number } {
  const image = cache.getImage(id);
  // Cornerstone's CPU drawing takes a rescaled float image for its own, changes slope and flag, and leaves these numbers.
  const done = image?.preScale?.scaled || image?.getPixelData() instanceof Float32Array;
  if (!image || done || image.color) return { slope: 1, intercept: 0 };
  return { slope: image.slope || 1, intercept: image.intercept || 0 };
}

/** The pixel grid of a loaded image; where its file does not say, as Cornerstone assumes it. */
export function gridOf(image: string): Grid | null {
  const plane = metaData.get('imagePlaneModule', image) as
    | { imagePositionPatient?: number[]; rowCosines?: number[]; columnCosines?: number[]; columnPixelSpacing?: number; rowPixelSpacing?: number; usingDefaultValues?: boolean }
    | undefined;
  if (!plane) return null;
  return {
    origin: plane.imagePositionPatient ?? [0, 0, 0],
    row: plane.rowCosines ?? [1, 0, 0],
    column: plane.columnCosines ?? [0, 1, 0],
    spacing: [plane.columnPixelSpacing ?? 1, plane.rowPixelSpacing ?? 1],
    shift: originShift(),
    known: !plane.usingDefaultValues,
  };
}

const triple = (v: ArrayLike<number>): [number, number, number] => [v[0] ?? 0, v[1] ?? 0, v[2] ?? 0];
