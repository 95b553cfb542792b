import type { Series } from '../types';
import { loadAhead, meaningOfImage, modalityOf, stackOf, valuesAsShown, type Stack } from './images';
import type { Meaning } from './header';
import type { Slot } from './layout';
import { cutStack, volumeOf } from './reslice';
import type { Volume } from './volume';

/** The series in colour that lies over a pane's images. */
export interface Colour {
  volume: Volume;
  meaning: Meaning | null;
  /** From the numbers that the volume holds to those of the header (Cornerstone may have left the slope undone). */
  slope: number;
  intercept: number;
}

/** What a pane shows. */
export interface Prepared {
  stack: Stack;
  /** All image files that it needs in memory. */
  needs: string[];
  colour: Colour | null;
  /** What a reader must know of it. */
  warning: string;
}

export type Progress = (text: string) => void;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

async function whole(series: Series, doing: string, stop: AbortSignal, tell: Progress): Promise<string[]> {
  const { ids } = await stackOf(series);
  const failed = await loadAhead(ids, Math.floor(ids.length / 2), stop, (share) => tell(`${doing}: ${percent(share)} of the images are here`));
  if (failed.length > 0) throw new Error(`${failed.length} of ${ids.length} images could not be loaded`);
  return ids;
}

/** Get ready what a slot shows. Planes and colour need the whole series in memory first, and say how far they are. */
export async function prepare(slot: Slot, stop: AbortSignal, tell: Progress): Promise<Prepared> {
  const base = slot.under ?? slot.series;
  if (!base) return { stack: { ids: [], fps: null }, needs: [], colour: null, warning: '' };
  const plain = await stackOf(base);
  const { stack, warning } = slot.plane === 'acquired' ? { stack: plain, warning: '' } : await cutOf(slot, base, stop, tell);
  const colour = slot.under && slot.series ? await colourOf(slot.series, stop, tell) : null;
  return { stack, needs: plain.ids, colour, warning };
}

async function cutOf(slot: Slot, base: Series, stop: AbortSignal, tell: Progress): Promise<{ stack: Stack; warning: string }> {
  if (slot.plane === 'acquired') throw new Error('an acquired plane is not cut');
  const ids = await whole(base, `Making the ${slot.plane} plane`, stop, tell);
  const volume = volumeOf(ids);
  const like = ids[0] ?? '';
  if (volume.acquiredAs(slot.plane)) return { stack: { ids, fps: null }, warning: volume.warning };
  return { stack: { ids: cutStack(volume, slot.plane, base.id, like), fps: null }, warning: volume.warning };
}

async function colourOf(series: Series, stop: AbortSignal, tell: Progress): Promise<Colour> {
  const ids = await whole(series, `Laying ${series.label} over it`, stop, tell);
  const like = ids[0] ?? '';
  return { volume: volumeOf(ids), meaning: meaningOfImage(like), ...valuesAsShown(like) };
}

/** Is this a PET image, whose presets are in SUV? */
export const isPet = (id: string): boolean => modalityOf(id) === 'PT';
