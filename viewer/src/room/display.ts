import type { Rendering } from './types';

/** What is recorded of the display with each read. */
export interface DisplayRecord {
  rendering: Rendering;
  /** Pixels of the screen, as the operating system counts them times its scale. */
  width: number;
  height: number;
  colour_depth: number;
  windows: 1 | 2;
  greys: 'passed' | 'failed' | 'not checked';
  /** The day of the check of the greys, or blank. */
  greys_on: string;
  /** What falls short of what the plan asks, in the words that the reader was told. */
  short_of: string[];
}

export interface ScreenRule {
  megapixels: number;
  grey_check_days: number;
}

export const DEFAULT_RULE: ScreenRule = { megapixels: 1.9, grey_check_days: 30 };

interface GreyCheck {
  at: number;
  width: number;
  height: number;
  passed: boolean;
}

const KEPT = 'provident.greys';
const DAY = 86_400_000;

export interface ScreenFacts {
  width: number;
  height: number;
  depth: number;
}

/** The screen that the window stands on, in pixels of the screen itself. */
export function screenFacts(): ScreenFacts {
  const by = devicePixelRatio || 1;
  return { width: Math.round(screen.width * by), height: Math.round(screen.height * by), depth: screen.colorDepth };
}

/** The reader's last check of the greys on a screen of this size; null where there is none, or it is too old. */
export function lastCheck(storage: Storage, facts: ScreenFacts, rule: ScreenRule, now: number): GreyCheck | null {
  try {
    const kept = JSON.parse(storage.getItem(KEPT) ?? 'null') as Partial<GreyCheck> | null;
    const fits = kept?.width === facts.width && kept.height === facts.height && typeof kept.at === 'number' && typeof kept.passed === 'boolean';
    return fits && now - (kept.at ?? 0) <= rule.grey_check_days * DAY ? (kept as GreyCheck) : null;
  } catch {
    return null;
  }
}

export function keepCheck(storage: Storage, facts: ScreenFacts, passed: boolean, now: number): void {
  storage.setItem(KEPT, JSON.stringify({ at: now, width: facts.width, height: facts.height, passed } satisfies GreyCheck));
}

/** What is true of this display, and where it falls short. A browser cannot measure light: the greys a person checks. */
export function describeDisplay(rendering: Rendering, windows: 1 | 2, facts: ScreenFacts, check: GreyCheck | null, rule: ScreenRule): DisplayRecord {
  const megapixels = (facts.width * facts.height) / 1e6;
  const greys = check === null ? 'not checked' : check.passed ? 'passed' : 'failed';
  const remarks: [string, boolean][] = [
    ['drawn without graphics card', rendering === 'cpu'],
    [`${megapixels.toFixed(1)} of ${rule.megapixels} megapixels`, megapixels < rule.megapixels],
    ['fewer than 8 bits a colour', facts.depth < 24],
    ['greys not checked', greys === 'not checked'],
    ['dark or bright greys cannot be told apart', greys === 'failed'],
  ];
  return {
    rendering,
    width: facts.width,
    height: facts.height,
    colour_depth: facts.depth,
    windows,
    greys,
    greys_on: check ? new Date(check.at).toISOString().slice(0, 10) : '',
    short_of: remarks.filter(([, short]) => short).map(([words]) => words),
  };
}
