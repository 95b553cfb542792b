import type { CaseDocument, Rendering } from '../types';
import { el, kbd } from './dom';

/** `130` to `about 2 h 10 min left at your pace`. */
export function timeLeft(minutes: number | null): string {
  if (minutes === null) return '';
  const hours = Math.floor(minutes / 60);
  const rest = Math.round(minutes % 60);
  const words = [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : ''].filter(Boolean);
  return `about ${words.join(' ')} left at your pace`;
}

const ROLES: Record<string, string> = { adjudicator: 'Adjudication' };

/** The one line above the images. */
export function header(doc: CaseDocument, rendering: Rendering, onHelp: () => void): HTMLElement {
  return el('header', { class: 'bar' }, [
    el('b', { text: `Case ${doc.number} of ${doc.of}` }),
    ROLES[doc.role] ? el('span', { class: 'tag purple', text: ROLES[doc.role] ?? '' }) : null,
    el('span', { class: 'left', text: timeLeft(doc.minutes_left) }),
    el('span', { class: 'blind', text: `You cannot see: ${doc.blind_to.join(', ')}` }),
    rendering === 'cpu'
      ? el('span', { class: 'tag amber', text: 'drawn without graphics card', attrs: { title: 'WebGL is not used on this computer. Images are exact, scrolling may be slower; this is recorded with your read.' } })
      : null,
    el('span', { class: 'r' }, ['W/L ', kbd('1'), '–', kbd('5'), ' · link ', kbd('L'), ' · length ', kbd('M'), ' · ', el('button', { class: 'link keys-button', attrs: { type: 'button', 'aria-label': 'Keys' }, on: { click: onHelp } }, ['keys ', kbd('?')])]),
  ]);
}
