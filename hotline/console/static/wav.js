// Sound as a WAV file of one channel. Pure.

/** As many as the telephone needs, and some more; three minutes of them take 4.3 MB. */
export const RATE = 12_000;
const HEADER_BYTES = 44;
/** Half the width of the filter, in samples of the lower rate. */
const REACH = 12;

/** Samples at another, lower rate; what that cannot carry is filtered out. */
export function resampled(samples, rate, lowerRate = RATE) {
  if (rate <= lowerRate) return samples;
  const step = rate / lowerRate;
  const reach = Math.ceil(REACH * step);
  const made = new Float32Array(Math.floor(samples.length / step));
  for (let place = 0; place < made.length; place += 1) {
    const middle = place * step;
    const first = Math.max(0, Math.ceil(middle - reach));
    const last = Math.min(samples.length - 1, Math.floor(middle + reach));
    let sum = 0;
    let weights = 0;
    for (let at = first; at <= last; at += 1) {
      const away = (at - middle) / step;
      const weight = sinc(0.92 * away) * (0.5 + 0.5 * Math.cos((Math.PI * away) / REACH));
      sum += weight * samples[at];
      weights += weight;
    }
    made[place] = sum / weights;
  }
  return made;
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** A WAV file of 16-bit samples; what is beyond full scale is clipped. */
export function wavOf(samples, rate) {
  const bytes = new DataView(new ArrayBuffer(HEADER_BYTES + 2 * samples.length));
  const name = (at, letters) => [...letters].forEach((letter, place) => bytes.setUint8(at + place, letter.charCodeAt(0)));
  name(0, "RIFF");
  bytes.setUint32(4, HEADER_BYTES - 8 + 2 * samples.length, true);
  name(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, rate, true);
  bytes.setUint32(28, 2 * rate, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  name(36, "data");
  bytes.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, place) => bytes.setInt16(HEADER_BYTES + 2 * place, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return new Blob([bytes], { type: "audio/wav" });
}

/** All pieces one after the other. */
export function joined(pieces) {
  const whole = new Float32Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let place = 0;
  for (const piece of pieces) {
    whole.set(piece, place);
    place += piece.length;
  }
  return whole;
}
