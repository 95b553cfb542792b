/** Stands where Cornerstone would load a decoder: a reading copy is never compressed. */
export default function absentCodec(): never {
  throw new Error('This image is compressed; the reading copy must be explicit little endian');
}
export const Decoder = absentCodec;
