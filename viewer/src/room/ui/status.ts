import type { SaveStatus } from '../save/queue';
import { el } from './dom';

const WHY: Record<(SaveStatus & { state: 'unsaved' })['why'], string> = {
  offline: 'The server is not reached. Your answers are kept on this computer and are sent as soon as it answers; you can go on reading.',
  server: 'The server could not save just now. Your answers are kept on this computer; it is tried again on its own.',
  'no copy': 'This browser keeps no copy of your answers (its storage is full or switched off). They are still sent to the server: wait for “saved” before you leave.',
  'signed out': 'You are signed out. Your answers are kept on this computer: sign in again in another tab, then come back here.',
};

const clock = (ms: number): string => new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `saved`, `saving`, or `not saved since 14:32:05` with a banner that says why. */
export function showStatus(word: HTMLElement, banner: HTMLElement, status: SaveStatus): void {
  const text = status.state === 'unsaved' ? `not saved since ${clock(status.since)}` : status.state;
  if (word.textContent !== text) word.textContent = text;
  word.className = `saved ${status.state}`;
  const why = status.state === 'unsaved' ? WHY[status.why] : '';
  if (banner.textContent !== why) banner.textContent = why;
  banner.hidden = why === '';
}

export const bannerElement = (): HTMLElement => el('div', { class: 'banner', attrs: { role: 'alert', hidden: true } });
