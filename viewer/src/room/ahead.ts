import { caseAddress, type ReadingApi } from './api';
import { loadOne, stackOf } from './stage/images';
import { hang, hangBy } from './stage/layout';
import type { CaseDocument } from './types';

/** Loads the next case while this one is read, so that it appears at once. */
export class Ahead {
  private room: string | null = null;
  private doc: CaseDocument | null = null;

  constructor(private readonly api: ReadingApi) {}

  async fetch(): Promise<void> {
    try {
      this.room = await this.api.next();
      if (this.room === null || caseAddress(this.room) === this.api.address) return;
      this.doc = await this.api.at(caseAddress(this.room)).load('prefetch');
      const { doc } = this;
      const first = doc.hang?.layouts[0];
      const { slots } = first ? hangBy(doc, first, doc.timepoints[0]?.label ?? '') : hang(doc);
      const shown = new Map(slots.flatMap((s) => [s.under, s.series]).flatMap((s) => (s ? [[s.id, s] as const] : [])));
      for (const series of shown.values()) await this.middleFirst(series);
      // Planes and colour need the whole series before they show anything.
      for (const slot of slots) if (slot.under || slot.plane !== 'acquired') for (const s of [slot.under, slot.series]) if (s) await this.whole(s);
    } catch {
      this.room = null; // no harm: the next case is then loaded when it is opened
    }
  }

  /** The image that is shown first, then the rest of its series. */
  private async middleFirst(series: CaseDocument['timepoints'][number]['series'][number]): Promise<void> {
    const { ids, fps } = await stackOf(series);
    const first = ids[fps === null ? Math.floor((ids.length - 1) / 2) : 0];
    if (first) await loadOne(first);
  }

  private async whole(series: CaseDocument['timepoints'][number]['series'][number]): Promise<void> {
    const { ids } = await stackOf(series);
    for (const id of ids) await loadOne(id);
  }

  /** Was this room prefetched? */
  has(room: string): boolean {
    return this.doc !== null && this.room === room;
  }
}
