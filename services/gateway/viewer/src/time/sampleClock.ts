import { type Millis, millis } from "./units";

/** Event time of samples in one epoch: it runs at the nominal rate, so one sample tells of all. */
export class SampleClock {
  readonly originMs: Millis;
  readonly msPerSample: number;

  constructor(place: number, timeMs: Millis, rateHz: number) {
    this.msPerSample = 1000 / rateHz;
    this.originMs = millis(timeMs - place * this.msPerSample);
  }

  timeOf(place: number): Millis {
    return millis(this.originMs + place * this.msPerSample);
  }

  /** With a fraction: between two samples. */
  placeAt(time: Millis): number {
    return (time - this.originMs) / this.msPerSample;
  }
}
