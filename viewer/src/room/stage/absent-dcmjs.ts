/**
 * Stands where Cornerstone would load dcmjs, a second DICOM parser with its dictionary (700 kB).
 * The room reads files with dicom-parser (`useLegacyMetadataProvider`), so that only dcmjs's log
 * and four constants are ever used; what else is asked for fails by name.
 */
class Absent {
  constructor() {
    throw new Error('dcmjs is not part of the reading room: images are read by the wadouri loader');
  }
}

interface Log {
  getLogger(name: string): Log;
  [level: string]: unknown;
}

const quiet = (...words: unknown[]): void => console.debug(...words);

/** Errors are shown; warnings (of Cornerstone to its developers) only with verbose logging. */
function makeLog(): Log {
  const nothing = (): undefined => undefined;
  return {
    getLogger: makeLog,
    error: (...words: unknown[]) => console.error(...words),
    warn: quiet,
    info: nothing, debug: nothing, trace: nothing, log: nothing,
    setLevel: nothing, setDefaultLevel: nothing, getLevel: () => 4,
  };
}

export const log = makeLog();

export const constants = {
  IMPLICIT_LITTLE_ENDIAN: '1.2.840.10008.1.2',
  EXPLICIT_LITTLE_ENDIAN: '1.2.840.10008.1.2.1',
  DEFLATED_EXPLICIT_LITTLE_ENDIAN: '1.2.840.10008.1.2.1.99',
  EXPLICIT_BIG_ENDIAN: '1.2.840.10008.1.2.2',
};

export default {
  data: { DicomMetaDictionary: { dictionary: {}, nameMap: {} } },
  async: { AsyncDicomReader: Absent },
  utilities: { DicomMetadataListener: Absent },
  log,
  constants,
};
