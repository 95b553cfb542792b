import type { Preset } from '../types';

export interface Range {
  lower: number;
  upper: number;
}

/** Window and level as DICOM PS3.3 C.11.2.1.2.1 defines them (linear), for a range of values shown. */
export function windowLevel({ lower, upper }: Range): { window: number; level: number } {
  return { window: upper - lower + 1, level: (upper + lower + 1) / 2 };
}

/** The reverse of windowLevel. */
export function range(window: number, level: number): Range {
  const half = (window - 1) / 2;
  return { lower: level - 0.5 - half, upper: level - 0.5 + half };
}

/** The range between the 1st and the 99.5th percentile of the pixels, from a sample of them. */
export function automatic(pixels: ArrayLike<number>): Range {
  const step = Math.max(1, Math.floor(pixels.length / 20_000));
  const sample: number[] = [];
  for (let i = 0; i < pixels.length; i += step) sample.push(pixels[i] ?? 0);
  sample.sort((a, b) => a - b);
  const at = (share: number): number => sample[Math.round(share * (sample.length - 1))] ?? 0;
  const [lower, upper] = [at(0.01), at(0.995)];
  return upper > lower ? { lower, upper } : { lower, upper: lower + 1 };
}

/** What a preset shows; null when it means the automatic window. */
export function presetRange(preset: Preset): Range | null {
  if (preset.window === null || preset.level === null || preset.window <= 0) return null;
  return range(preset.window, preset.level);
}
