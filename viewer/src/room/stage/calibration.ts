/** What a millimetre on an image is worth, and how sure that is. */

export type Sureness = 'patient' | 'corrected' | 'detector' | 'region' | 'none';

export interface Scale {
  /** Millimetres between columns and between rows; null where nothing says: then lengths are in pixels. */
  spacing: readonly [number, number] | null;
  sure: Sureness;
}

/** What the file says, as read from its header. */
export interface SpacingFacts {
  pixelSpacing: readonly [number, number] | null; // [between rows, between columns], as DICOM orders it
  imagerPixelSpacing: readonly [number, number] | null;
  magnification: number | null;
  /** Has the image a place in the patient? Then its spacing is in the patient. */
  placed: boolean;
  regions: Region[];
}

/** A region of an ultrasound image (PS3.3 C.8.5.5); `deltas` in cm, null for other units. */
export interface Region {
  box: readonly [number, number, number, number];
  deltas: readonly [number, number] | null;
}

const columnsFirst = ([rows, columns]: readonly [number, number]): readonly [number, number] => [columns, rows];

const same = (a: readonly [number, number], b: readonly [number, number]): boolean =>
  Math.abs(a[0] - b[0]) < 1e-6 * a[0] && Math.abs(a[1] - b[1]) < 1e-6 * a[1];

/**
 * The scale at some points of an image (PS3.3 10.7.1.3).
 *
 * A projection's Imager Pixel Spacing is on the detector: what lies before it looks larger there. Pixel Spacing that
 * equals it was only copied; one that differs was corrected. An ultrasound image has a scale by region: all points of
 * a measurement must lie in one region that is in centimetres.
 */
export function scaleAt(facts: SpacingFacts, points: readonly (readonly [number, number])[] = []): Scale {
  if (facts.regions.length > 0) return regionAt(facts.regions, points);
  const { pixelSpacing: plain, imagerPixelSpacing: imager, magnification } = facts;
  if (plain && (facts.placed || !imager)) return { spacing: columnsFirst(plain), sure: 'patient' };
  if (plain && imager && !same(plain, imager)) return { spacing: columnsFirst(plain), sure: 'corrected' };
  if (!imager) return { spacing: null, sure: 'none' };
  if (magnification && magnification > 1) {
    const [x, y] = columnsFirst(imager);
    return { spacing: [x / magnification, y / magnification], sure: 'corrected' };
  }
  return { spacing: columnsFirst(imager), sure: 'detector' };
}

function regionAt(regions: Region[], points: readonly (readonly [number, number])[]): Scale {
  const inside = ({ box }: Region): boolean =>
    points.every(([x, y]) => x >= box[0] && y >= box[1] && x <= box[2] + 1 && y <= box[3] + 1);
  const sized = regions.filter((r) => r.deltas !== null);
  const size = ({ box }: Region): number => (box[2] - box[0]) * (box[3] - box[1]);
  const found = points.length > 0 ? sized.find(inside) : [...sized].sort((a, b) => size(b) - size(a))[0];
  if (!found?.deltas) return { spacing: null, sure: 'none' };
  return { spacing: [Math.abs(found.deltas[0]) * 10, Math.abs(found.deltas[1]) * 10], sure: 'region' };
}

/** What a reader is told about the scale of an image; blank where nothing needs to be said. */
export const SCALE_WORDS: Record<Sureness, string> = {
  patient: '',
  corrected: '',
  region: '',
  detector: 'mm at the detector',
  none: 'no scale: lengths in pixels',
};

/** The length between two points in image pixels, in mm or in pixels. */
export function lengthOf(a: readonly [number, number], b: readonly [number, number], { spacing }: Scale): { value: number; unit: 'mm' | 'px' } {
  const [sx, sy] = spacing ?? [1, 1];
  return { value: Math.hypot((a[0] - b[0]) * sx, (a[1] - b[1]) * sy), unit: spacing ? 'mm' : 'px' };
}

/** The angle at `b` in degrees; without a scale pixels are taken to be square. */
export function angleOf(a: readonly [number, number], b: readonly [number, number], c: readonly [number, number], { spacing }: Scale): number {
  const [sx, sy] = spacing ?? [1, 1];
  const one = [(a[0] - b[0]) * sx, (a[1] - b[1]) * sy] as const;
  const two = [(c[0] - b[0]) * sx, (c[1] - b[1]) * sy] as const;
  const turn = Math.atan2(one[0] * two[1] - one[1] * two[0], one[0] * two[0] + one[1] * two[1]);
  return (Math.abs(turn) * 180) / Math.PI;
}
