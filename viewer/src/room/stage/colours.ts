import type { Range } from './window';

/** Black, red, yellow, white: the hot iron palette of nuclear medicine, computed (PS3.6 B.1.1 has its table). */
export function hotIron(share: number): readonly [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * 255;
  const ramp = (from: number, to: number): number => Math.round(255 * Math.min(1, Math.max(0, (at - from) / (to - from))));
  return [ramp(0, 128), ramp(128, 255), ramp(128 + 64, 255)];
}

/**
 * Values as coloured pixels: nothing where there is no value, fading in over the lowest tenth so that what lies under
 * it stays clear, and `opacity` above.
 */
export function coloured(values: Float32Array, { lower, upper }: Range, opacity: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  const width = Math.max(1e-9, upper - lower);
  values.forEach((value, i) => {
    const share = (value - lower) / width;
    if (Number.isNaN(share) || share <= 0) return;
    pixels.set(hotIron(share), i * 4);
    pixels[i * 4 + 3] = Math.round(255 * opacity * Math.min(1, share * 10));
  });
  return pixels;
}
