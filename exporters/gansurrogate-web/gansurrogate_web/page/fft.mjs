/** The discrete Fourier transform, in place, of `re` + i `im`; the length is a power of two (Cooley and Tukey, 1965). */
function transform(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j], im[i], im[j]] = [re[j], re[i], im[j], im[i]];
  }
  for (let size = 2; size <= n; size *= 2) {
    for (let k = 0; k < size / 2; k++) {
      const [c, s] = [Math.cos((-2 * Math.PI * k) / size), Math.sin((-2 * Math.PI * k) / size)];
      for (let a = k; a < n; a += size) {
        const b = a + size / 2;
        const [x, y] = [re[b] * c - im[b] * s, re[b] * s + im[b] * c];
        [re[b], im[b], re[a], im[a]] = [re[a] - x, im[a] - y, re[a] + x, im[a] + y];
      }
    }
  }
}

/** |DFT|² of real `values` of any length at the frequencies 0 to half (Bluestein, 1970). */
function power(values) {
  const n = values.length;
  const size = 2 ** Math.ceil(Math.log2(2 * n));
  const chirp = (i) => (Math.PI * ((i * i) % (2 * n))) / n;
  const [ar, ai, br, bi] = [0, 0, 0, 0].map(() => new Float64Array(size));
  for (let i = 0; i < n; i++) {
    const [c, s] = [Math.cos(chirp(i)), Math.sin(chirp(i))];
    [ar[i], ai[i]] = [values[i] * c, -values[i] * s];
    br[i] = br[(size - i) % size] = c;
    bi[i] = bi[(size - i) % size] = s;
  }
  transform(ar, ai);
  transform(br, bi);
  for (let i = 0; i < size; i++) {
    [ar[i], ai[i]] = [ar[i] * br[i] - ai[i] * bi[i], -(ar[i] * bi[i] + ai[i] * br[i])]; // conjugate: transforms back
  }
  transform(ar, ai);
  return Float64Array.from({ length: Math.floor(n / 2) + 1 }, (_, k) => (ar[k] ** 2 + ai[k] ** 2) / size ** 2);
}

/**
 * One-sided power spectral density at the frequencies 1/(n step), 2/(n step) ... up to half the sampling rate, by a
 * periodogram with Hann's window; in the signal's unit squared for each unit of frequency.
 */
export function spectrum(values, step) {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const window = Float64Array.from(values, (_, i) => Math.sin((Math.PI * i) / n) ** 2);
  const weight = window.reduce((sum, w) => sum + w * w, 0);
  const density = power(window.map((w, i) => w * (values[i] - mean))).slice(1);
  return density.map((p, k) => ((2 * k + 2 === n ? 1 : 2) * p * Math.abs(step)) / weight);
}
