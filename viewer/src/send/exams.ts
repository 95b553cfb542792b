// What became of an exam's files: which leave, which wait and why, series by series.
import type { Made, MadeFile, Waits } from './protocol';
import type { Looked, Study, Verdict } from './sort';
import type { Leaving } from './sender';

export interface Exam {
  study: Study;
  verdict: Verdict;
  agreed: boolean; // a person wants it sent although it is outside its window
  series: Series[];
}

export interface Waiting {
  looked: Looked;
  waits: Waits;
}

export interface Series {
  number: string;
  modality: string;
  description: string; // after cleaning; blank where nothing leaves
  leaving: Leaving[];
  waiting: Waiting[];
}

export const PART_OF_VOLUME: Waits = {
  reason: 'rest_of_series',
  explanation: 'Another image of this series waits, and a series of slices leaves whole or not at all.',
  words: [],
};
export const BROKEN: Waits = {
  reason: 'engine_failed',
  explanation: 'The engine could not work on this file here. Send it through a gateway, and tell the trial team.',
  words: [],
};

const VOLUMES = new Set(['CT', 'MR', 'PT', 'NM']);

/** The series of a study, from what the engine made of each file. */
export function seriesOf(files: readonly Looked[], results: readonly (MadeFile | null)[]): Series[] {
  const found = new Map<string, Series>();
  files.forEach((looked, i) => {
    const { glance } = looked;
    let series = found.get(glance.series);
    if (!series) {
      series = { number: glance.number, modality: glance.modality, description: '', leaving: [], waiting: [] };
      found.set(glance.series, series);
    }
    const result = results[i];
    if (result?.made && result.bytes) {
      series.description ||= described(result.made);
      series.leaving.push({ made: result.made, bytes: new Blob([result.bytes]) });
    } else {
      series.waiting.push({ looked, waits: result?.waits ?? BROKEN });
    }
  });
  const all = [...found.values()].map(whole);
  return all.sort((a, b) => Number(a.number) - Number(b.number));
}

const described = (made: Made): string => made.description || made.protocol;

/** Slices belong together: a gap in a volume helps nobody, and one look stands for the whole series. */
function whole(series: Series): Series {
  if (!VOLUMES.has(series.modality) || !series.waiting.length || !series.leaving.length) return series;
  const looked = series.waiting[0]!.looked;
  const held = series.leaving.map(() => ({ looked, waits: PART_OF_VOLUME }));
  return { ...series, leaving: [], waiting: [...series.waiting, ...held] };
}

/** Why images wait, each reason once with its count and what to do. */
export function reasons(series: Series): { words: string; count: number; next: string }[] {
  const found = new Map<string, { words: string; count: number; next: string }>();
  for (const { waits } of series.waiting) {
    const known = found.get(waits.reason);
    if (known) known.count++;
    else found.set(waits.reason, { words: waits.explanation, count: 1, next: next(waits.reason) });
  }
  return [...found.values()];
}

const LOOKED_AT = 'Send this series through a gateway, or de-identify it with provident deid, where text is read.';
const NEXT: Record<string, string> = {
  pixels_need_review: LOOKED_AT,
  pixels_unreadable: LOOKED_AT,
  examined_elsewhere: LOOKED_AT,
  face_needs_removal: 'Send it through a gateway, which takes faces off, or ask the trial team.',
  text_needs_review: 'Ask the trial team to put these words on the list of approved values, or to send it through a gateway.',
  document_needs_review: 'Ask your data protection officer whether the document may go, and how.',
  identifier_left: 'Nothing of it was sent. Tell the trial team: this is a fault of the rules.',
};

const next = (reason: string): string => NEXT[reason] ?? '';

/** Whether an exam goes when Send is pressed. */
export function goes(exam: Exam): boolean {
  return leavingOf(exam).length > 0 && (exam.verdict.state === 'fits' || (exam.verdict.state === 'outside' && exam.agreed));
}

export const leavingOf = (exam: Exam): Leaving[] => exam.series.flatMap((s) => s.leaving);
