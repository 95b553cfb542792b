import { wadouri } from '@cornerstonejs/dicom-image-loader';

import type { Region, SpacingFacts } from './calibration';

/** The parts of dicom-parser's data set that are used here. */
export interface DataSet {
  string(tag: string, index?: number): string | undefined;
  floatString(tag: string, index?: number): number | undefined;
  intString(tag: string): number | undefined;
  uint16(tag: string): number | undefined;
  uint32(tag: string): number | undefined;
  double(tag: string): number | undefined;
  elements: Record<string, { items?: { dataSet: DataSet }[] } | undefined>;
}

/** The header of a loaded image file, or null before it is there. */
export function headerOf(id: string): DataSet | null {
  const file = id.replace(/^wadouri:/, '').replace(/\?frame=.*$/, '');
  return wadouri.dataSetCacheManager.isLoaded(file) ? (wadouri.dataSetCacheManager.get(file) as unknown as DataSet) : null;
}

const pair = (set: DataSet | undefined, tag: string): [number, number] | null => {
  const [a, b] = [set?.floatString(tag, 0), set?.floatString(tag, 1)];
  return a && b && a > 0 && b > 0 ? [a, b] : null;
};

const first = (set: DataSet | undefined, tag: string): DataSet | undefined => set?.elements[tag]?.items?.[0]?.dataSet;

const SHARED = 'x52009229';
const PER_FRAME = 'x52009230';
const MEASURES = 'x00289110';
const POSITIONS = 'x00209113';

/** Do the frames of a file lie side by side in the patient (enhanced CT, MR, PET)? Then they are slices, no clip. */
export function framesAreSlices(set: DataSet): boolean {
  return first(first(set, PER_FRAME), POSITIONS) !== undefined;
}

/** What the header says about distances. */
export function spacingFacts(set: DataSet): SpacingFacts {
  const measures = first(first(set, PER_FRAME), MEASURES) ?? first(first(set, SHARED), MEASURES);
  return {
    pixelSpacing: pair(set, 'x00280030') ?? pair(measures, 'x00280030'),
    imagerPixelSpacing: pair(set, 'x00181164'),
    magnification: set.floatString('x00181114') ?? null,
    placed: set.string('x00200032') !== undefined || framesAreSlices(set),
    regions: (set.elements['x00186011']?.items ?? []).map(({ dataSet }) => region(dataSet)),
  };
}

const CENTIMETRES = 3; // PS3.3 C.8.5.5.1.15

function region(set: DataSet): Region {
  const corner = (tag: string): number => set.uint32(tag) ?? 0;
  const units = [set.uint16('x00186024'), set.uint16('x00186026')];
  const [x, y] = [set.double('x0018602c'), set.double('x0018602e')];
  return {
    box: [corner('x00186018'), corner('x0018601a'), corner('x0018601c'), corner('x0018601e')],
    deltas: units.every((u) => u === CENTIMETRES) && x && y ? [x, y] : null,
  };
}

export interface Meaning {
  /** What one (rescaled) pixel value is worth. */
  factor: number;
  unit: string;
}

/**
 * SUV or ADC of the pixels, where the server could work it out: as a real world value mapping (PS3.3 C.7.6.16.2.11),
 * which counts from the stored values.
 */
export function meaningOf(set: DataSet): Meaning | null {
  const item = first(set, 'x00409096');
  const slope = item?.double('x00409225');
  const unit = first(item, 'x004008ea')?.string('x00080100');
  const rescale = set.floatString('x00281053') ?? 1;
  if (!slope || !unit || !rescale) return null;
  return { factor: slope / rescale, unit: unit.includes('SUV') ? 'SUV' : unit };
}
