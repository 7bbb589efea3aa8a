/**
 * The last stretch of a waveform by place in its epoch, all channels. Allocated once; what is missing reads as NaN.
 * Places are plain numbers here: at 1,000 Hz an epoch takes 285,000 years to outgrow them.
 */
export class WaveRing {
  readonly #channels: readonly Float32Array[];
  readonly #mask: number;
  #start = 0;
  #end = 0;
  #empty = true;
  /** Samples that never came, and samples that came again, since the ring was made. */
  missing = 0;
  repeated = 0;

  /** @param capacity Samples a channel, rounded up to a power of two. */
  constructor(channels: number, capacity: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, capacity)));
    this.#mask = size - 1;
    this.#channels = Array.from({ length: channels }, () => new Float32Array(size));
  }

  get channels(): number {
    return this.#channels.length;
  }

  /** The oldest place that is kept. */
  get start(): number {
    return this.#start;
  }

  /** The place after the newest sample. */
  get end(): number {
    return this.#end;
  }

  /** NaN where nothing is: before the start, in a gap, after the end. */
  at(channel: number, place: number): number {
    if (place < this.#start || place >= this.#end) return Number.NaN;
    return this.#channels[channel]?.[place & this.#mask] ?? Number.NaN;
  }

  /** @param values Shape (channels, count). What is before the end is a repeat and changes nothing. */
  append(first: number, count: number, values: Float32Array): void {
    const skip = this.#meet(first, count);
    if (skip === count) return;
    for (let c = 0; c < this.#channels.length; c++) this.#copy(c, first + skip, values, c * count + skip, count - skip);
    this.#advance(first + count);
  }

  /**
   * Columns of minimum and maximum, spread over the samples that they stand for, so that their drawing keeps its shape.
   * @param values Shape (channels, count, 2).
   */
  appendEnvelope(first: number, count: number, scale: number, values: Float32Array): void {
    const width = 2 ** scale;
    const samples = count * width;
    const skip = this.#meet(first, samples);
    for (let c = 0; c < this.#channels.length; c++) {
      const ring = this.#channels[c] as Float32Array;
      for (let i = skip; i < samples; i++) {
        const isMaximum = i % width >= width / 2 ? 1 : 0;
        ring[(first + i) & this.#mask] = values[2 * (c * count + Math.floor(i / width)) + isMaximum] ?? Number.NaN;
      }
    }
    if (skip < samples) this.#advance(first + samples);
  }

  /** Nothing will come up to this place. */
  skipTo(place: number): void {
    if (this.#empty) this.#begin(place);
    if (place <= this.#end) return;
    this.missing += place - this.#end;
    const from = Math.max(this.#end, place - this.#mask - 1);
    for (const ring of this.#channels) for (let p = from; p < place; p++) ring[p & this.#mask] = Number.NaN;
    this.#advance(place);
  }

  /** Fills a gap before it or counts the repeat; the samples to skip. */
  #meet(first: number, count: number): number {
    if (this.#empty) this.#begin(first);
    this.skipTo(first);
    const skip = Math.min(count, this.#end - first);
    this.repeated += skip;
    return skip;
  }

  #begin(place: number): void {
    this.#start = this.#end = place;
    this.#empty = false;
  }

  #advance(end: number): void {
    this.#end = end;
    this.#start = Math.max(this.#start, end - this.#mask - 1);
  }

  #copy(channel: number, place: number, values: Float32Array, from: number, count: number): void {
    const ring = this.#channels[channel] as Float32Array;
    for (let i = 0; i < count; i++) ring[(place + i) & this.#mask] = values[from + i] ?? Number.NaN;
  }
}
