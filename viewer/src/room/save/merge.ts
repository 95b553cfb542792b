import type { Answers, Draft, Measurement, Value } from '../types';

export interface Clash {
  key: string;
  mine: Value | undefined;
  theirs: Value | undefined;
}

export interface Merged {
  draft: Draft;
  clashes: Clash[];
}

/**
 * Join two states that grew from the same one. What only one side changed is taken; where both
 * changed the same answer differently it is a clash, which starts as mine and is asked about.
 */
export function merge(base: Answers, mine: Draft, theirs: Draft): Merged {
  const keys = new Set([...Object.keys(base), ...Object.keys(mine.answers), ...Object.keys(theirs.answers)]);
  const answers: Answers = {};
  const clashes: Clash[] = [];
  for (const key of keys) {
    const [b, m, t] = [base[key], mine.answers[key], theirs.answers[key]];
    const value = m === b ? t : m;
    if (m !== b && t !== b && m !== t) clashes.push({ key, mine: m, theirs: t });
    if (value !== undefined) answers[key] = value;
  }
  return { draft: { answers, measurements: joinById(theirs.measurements, mine.measurements) }, clashes };
}

/** Measurements of both sides; of the same one, the later argument's. */
function joinById(...lists: Measurement[][]): Measurement[] {
  return [...new Map(lists.flat().map((m) => [m.id, m] as const)).values()];
}

/** The draft after the reader has chosen, clash by clash. */
export function resolve(merged: Merged, keepMine: (clash: Clash) => boolean): Draft {
  const answers = { ...merged.draft.answers };
  for (const clash of merged.clashes) {
    const value = keepMine(clash) ? clash.mine : clash.theirs;
    if (value === undefined) delete answers[clash.key];
    else answers[clash.key] = value;
  }
  return { answers, measurements: merged.draft.measurements };
}
