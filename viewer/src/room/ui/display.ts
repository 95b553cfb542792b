import { keepCheck, screenFacts, type DisplayRecord } from '../display';
import { openDialog } from './dialog';
import { el } from './dom';

/** Grey levels of the two fields: a digit 5 % above black, and 5 % below white (as the 5 % and 95 % squares of TG18-QC). */
const FIELDS = [{ name: 'Dark', ground: 0, digits: 13 }, { name: 'Bright', ground: 255, digits: 242 }] as const;
const DIGITS = 3;

const grey = (level: number): string => `rgb(${level} ${level} ${level})`;

function field(name: string, ground: number, ink: number, digits: string): HTMLCanvasElement {
  const canvas = el('canvas', { class: 'greys', attrs: { width: 300, height: 120, role: 'img', 'aria-label': `${name} field with ${DIGITS} faint digits` } });
  const pen = canvas.getContext('2d');
  if (!pen) return canvas;
  pen.fillStyle = grey(ground);
  pen.fillRect(0, 0, 300, 120);
  pen.fillStyle = grey(ink);
  pen.font = '600 84px "Inter Variable", system-ui, sans-serif';
  pen.textAlign = 'center';
  [...digits].forEach((d, i) => pen.fillText(d, 60 + i * 90, 90));
  return canvas;
}

const random = (): string => Array.from(crypto.getRandomValues(new Uint8Array(DIGITS)), (n) => String(n % 10)).join('');

/** What is recorded of this display, and a check that its darkest and brightest greys can be told apart. */
export function openDisplay(display: DisplayRecord, changed: () => void): void {
  const hidden = [random(), random()] as const;
  const inputs = FIELDS.map((f, i) => el('input', { attrs: { id: `greys-${i}`, inputmode: 'numeric', maxlength: DIGITS, autocomplete: 'off', 'aria-label': `Digits in the ${f.name.toLowerCase()} field` } }));
  const message = el('p', { attrs: { role: 'status' } });
  const close = el('button', { class: 'btn quiet', text: 'Close', attrs: { type: 'button' } });
  const form = el('form', { class: 'sign-form', attrs: { method: 'dialog' } }, [
    el('p', { class: 'meaning', text: 'Type the three digits that you see in each field. In a darkened room both must be readable; a digit that you cannot see is left out.' }),
    el('div', { class: 'row greys-row' }, FIELDS.map((f, i) => el('div', {}, [field(f.name, f.ground, f.digits, hidden[i] ?? ''), el('label', { text: `${f.name} field`, attrs: { for: `greys-${i}` } }), inputs[i]]))),
    message,
    el('div', { class: 'row' }, [el('button', { class: 'btn', text: 'Check', attrs: { type: 'submit' } }), close]),
  ]);
  const dialog = openDialog('This display', [facts(display), form], 'sign-dialog');
  close.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const passed = inputs.every((input, i) => input.value.trim() === hidden[i]);
    keepCheck(localStorage, screenFacts(), passed, Date.now());
    message.textContent = passed ? 'The greys can be told apart. This is recorded with your reads.' : 'Not all digits were right. Darken the room, raise the contrast of the display, and try again; until then it is recorded that greys are lost.';
    changed();
  });
  inputs[0]?.focus();
}

function facts(display: DisplayRecord): HTMLElement {
  const rows: [string, string][] = [
    ['Images are drawn by', display.rendering === 'webgl' ? 'the graphics card' : 'the processor: exact, but scrolling may be slower'],
    ['Screen', `${display.width} × ${display.height} pixels, ${((display.width * display.height) / 1e6).toFixed(1)} megapixels`],
    ['Windows', display.windows === 2 ? 'two: form and images' : 'one'],
    ['Greys', display.greys === 'not checked' ? 'not checked' : `${display.greys} on ${display.greys_on}`],
  ];
  const short = display.short_of.length > 0 ? `Recorded with your reads: ${display.short_of.join('; ')}.` : 'Nothing falls short of what the study asks.';
  return el('div', {}, [el('dl', { class: 'facts' }, rows.flatMap(([k, v]) => [el('dt', { text: k }), el('dd', { text: v })])), el('p', { class: 'soft', text: short })]);
}
