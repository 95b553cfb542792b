import type { Finding } from '../types';
import type { FormModel } from './model';

export interface Faults {
  byField: Map<string, string>;
  general: string[];
}

/** Sort what the server found by the answer it is about: its place names the answer. */
export function faultsByField(findings: Finding[], model: FormModel): Faults {
  const byField = new Map<string, string>();
  const general: string[] = [];
  for (const finding of findings) {
    const text = [finding.message, finding.remedy].filter(Boolean).join(' ');
    const key = [finding.where.uid, finding.where.file].find((k) => typeof k === 'string' && model.fields.has(k));
    if (key) byField.set(key, text);
    else general.push(text);
  }
  return { byField, general };
}
