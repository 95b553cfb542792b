// How hard a passphrase is to guess, by common sense: words, dates, runs and repeats count little, length counts.
// Whoever has the wrapped key can try passphrases; a million rounds of PBKDF2 add some 20 bits of work to each.
import { WORDS } from './words';

export const SHORTEST = 12;
const ENOUGH = 44; // bits: four ordinary words that have nothing to do with one another
const SUGGESTED = 7; // words of eight bits
const ROWS = ['qwertyuiop', 'qwertzuiop', 'azertyuiop', 'asdfghjkl', 'zxcvbnm', 'yxcvbnm', '1234567890', 'abcdefghijklmnopqrstuvwxyz'];
const WORN = new Set(
  ('password passphrase passwort secret welcome letmein admin login hospital radiology research study trial clinic ' +
    'patient imaging scanner provident doctor nurse monday january summer winter spring autumn').split(' '),
);

export interface Strength {
  bits: number;
  enough: boolean;
  words: string; // what to do, blank when it is enough
}

/** `own` are words that others would try first: the study's and the site's. */
export function strength(passphrase: string, own: readonly string[] = []): Strength {
  const given = passphrase.normalize('NFKC').trim();
  const bits = Math.round(bitsOf(given.toLowerCase(), new Set(own.map((w) => w.toLowerCase()))));
  if (given.length < SHORTEST) return { bits, enough: false, words: `At least ${SHORTEST} characters. Several words are easiest to keep in mind.` };
  if (bits < ENOUGH) return { bits, enough: false, words: 'Too easy to guess. Add a word or two that have nothing to do with the others, or take the suggestion.' };
  return { bits, enough: true, words: '' };
}

function bitsOf(given: string, own: Set<string>): number {
  const seen = new Set<string>();
  let bits = 0;
  for (const [piece] of given.matchAll(/\p{L}+|\d+|[^\p{L}\d\s]+|\s+/gu)) {
    bits += seen.has(piece) ? 1 : pieceBits(piece, own);
    seen.add(piece);
  }
  return bits;
}

function pieceBits(piece: string, own: Set<string>): number {
  if (/^\s+$/.test(piece)) return 0;
  if (piece.length > 3 && new Set(piece).size <= 2) return 2 + new Set(piece).size; // aaaa, 1212
  if (isRun(piece)) return 4;
  if (/^\d+$/.test(piece)) return /^(19|20)\d\d$/.test(piece) ? 6 : Math.min(piece.length, 12) * 3.3;
  if (!/^\p{L}+$/u.test(piece)) return piece.length * 4;
  if (WORN.has(piece) || own.has(piece)) return 3;
  // A longer run of letters is taken for a word, or for two.
  return piece.length <= 3 ? piece.length * 3.5 : Math.min(22, 10 + 1.3 * (piece.length - 4));
}

function isRun(piece: string): boolean {
  if (piece.length < 3) return false;
  const back = [...piece].reverse().join('');
  return ROWS.some((row) => row.includes(piece) || row.includes(back));
}

/** Seven words by lot. */
export function suggestion(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(SUGGESTED)), (n) => WORDS[n]!).join(' ');
}
