import type { CaseDocument } from '../types';

type Staged = Pick<CaseDocument, 'stage' | 'answers' | 'timepoints' | 'prefixed'>;

/** May an answer be changed in the stage that is open? Always, where the design has no stages. */
export function opens({ stage }: Pick<CaseDocument, 'stage'>): (key: string, label: string) => boolean {
  if (!stage) return () => true;
  if (stage.kind === 'global') return (key) => stage.may_change.includes(key);
  return (_, label) => stage.labels.includes(label);
}

/** The time points that have a form now: the open ones, and locked ones whose answers may be seen. */
export function formLabels({ stage, answers, timepoints }: Staged): string[] {
  const labels = timepoints.map((t) => t.label);
  if (!stage || stage.kind === 'global') return labels;
  const seen = (label: string): boolean => Object.keys(answers).some((key) => key.startsWith(`${label}:`));
  return labels.filter((label) => stage.labels.includes(label) || (stage.locked.includes(label) && seen(label)));
}

/** Does locking come before the signature? */
export const locksNext = ({ stage }: Pick<CaseDocument, 'stage'>): boolean => Boolean(stage && stage.number < stage.of);
