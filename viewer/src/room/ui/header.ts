import type { DisplayRecord } from '../display';
import type { CaseDocument } from '../types';
import { el, kbd } from './dom';

/** `130` to `about 2 h 10 min left at your pace`. */
export function timeLeft(minutes: number | null): string {
  if (minutes === null) return '';
  const hours = Math.floor(minutes / 60);
  const rest = Math.round(minutes % 60);
  const words = [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : ''].filter(Boolean);
  return `about ${words.join(' ')} left at your pace`;
}

const ROLES: Record<string, string> = { adjudicator: 'Adjudication', consensus: 'Consensus' };

/** `Time point 2 of 4`, `Global read`, or blank. */
export function stageWords(stage: CaseDocument['stage']): string {
  if (!stage || stage.of < 2) return '';
  return stage.kind === 'global' ? 'Global read: all time points in their order' : `Step ${stage.number} of ${stage.of}`;
}

/** `27 cases left`: those after this one. */
export function casesLeft(number: number, of: number): string {
  const left = Math.max(0, of - number);
  return left === 0 ? 'the last one' : `${left} ${left === 1 ? 'case' : 'cases'} after it`;
}

/** `7 min on this case`, and that the clock stands while nobody is here. */
export function activeWords(seconds: number, away: boolean): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min on this case${away ? ', clock stopped' : ''}`;
}

/** Short words for what falls short of this display; all of them in its title. */
export function drawDisplay(button: HTMLElement, { short_of: short }: DisplayRecord): void {
  button.hidden = short.length === 0;
  button.textContent = short.length === 1 ? (short[0] ?? '') : `display: ${short.length} remarks`;
  button.title = `${short.join('; ')}. This is recorded with your read.`;
}

/** The one line above the images. */
export function header(doc: CaseDocument, display: HTMLElement, active: HTMLElement, onHelp: () => void): HTMLElement {
  return el('header', { class: 'bar' }, [
    el('b', { text: `Case ${doc.number} of ${doc.of}` }),
    ROLES[doc.role] ? el('span', { class: 'tag purple', text: ROLES[doc.role] ?? '' }) : null,
    stageWords(doc.stage) ? el('span', { class: 'tag mint', text: stageWords(doc.stage) }) : null,
    el('span', { class: 'left', text: [casesLeft(doc.number, doc.of), timeLeft(doc.minutes_left)].filter(Boolean).join(' · ') }),
    active,
    el('span', { class: 'blind', text: `You cannot see: ${doc.blind_to.join(', ')}` }),
    display,
    el('span', { class: 'r' }, ['W/L ', kbd('1'), '–', kbd('5'), ' · link ', kbd('L'), ' · length ', kbd('M'), ' · ', el('button', { class: 'link keys-button', attrs: { type: 'button', 'aria-label': 'Keys' }, on: { click: onHelp } }, ['keys ', kbd('?')])]),
  ]);
}
