import { caseAddress, type ReadingApi } from './api';
import { loadOne, stackOf } from './stage/images';
import { hang } from './stage/layout';
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
      for (const { series } of hang(this.doc).slots) if (series) await this.middleFirst(series);
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

  /** Was this room prefetched? */
  has(room: string): boolean {
    return this.doc !== null && this.room === room;
  }
}
