import type { Choice, FieldSpec } from '../types';

/** Letters that the viewer or the gate questions own; missing codes take others where they can. */
const RESERVED = new Set([...'wzpmaebiohrtflcsunyx']);

export interface KeyedChoice extends Choice {
  keys: string[];
}

/** Each missing code with the one key that gives it: the letter that tells it from the others. */
export function missingKeys(missing: Record<string, string>): Map<string, string> {
  const codes = Object.keys(missing);
  const taken = new Set<string>();
  const keys = new Map<string, string>();
  for (const code of codes) {
    const others = codes.filter((c) => c !== code).join('').toLowerCase();
    const letters = [...`${code}${missing[code] ?? ''}abcdefghijklmnopqrstuvwxyz`.toLowerCase()];
    const free = letters.filter((l) => /[a-z]/.test(l) && !taken.has(l) && !RESERVED.has(l));
    const own = free.find((l) => code.toLowerCase().includes(l) && !others.includes(l));
    const key = own ?? free[0];
    if (key === undefined) continue;
    taken.add(key);
    keys.set(key, code);
  }
  return keys;
}

/**
 * The choices of a question with their keys: the digit that is their value (or their place in the
 * list where values are words), and the first letter of their label where no two share it.
 */
export function choiceKeys(choices: Choice[], taken: Iterable<string> = []): KeyedChoice[] {
  const used = new Set(taken);
  const digits = choices.every((c) => typeof c.value === 'number' && c.value >= 0 && c.value <= 9);
  return choices.map((choice, place) => {
    const keys: string[] = [];
    const letter = choice.label.trim().charAt(0).toLowerCase();
    const alone = choices.filter((c) => c.label.trim().toLowerCase().startsWith(letter)).length === 1;
    if (/[a-z]/.test(letter) && alone && !used.has(letter)) keys.push(letter);
    if (digits) keys.push(String(choice.value));
    else if (place < 9) keys.push(String(place + 1));
    return { ...choice, keys };
  });
}

/** The missing codes that this field takes, with their keys. */
export function fieldMissing(spec: FieldSpec, keys: Map<string, string>): Map<string, string> {
  const allowed = new Set(spec.missing ?? []);
  return new Map([...keys].filter(([, code]) => allowed.has(code)));
}
