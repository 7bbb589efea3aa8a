import { WaveRing } from "../buffer/waveRing";
import { PlayoutClock } from "../time/playout";
import { SampleClock } from "../time/sampleClock";
import { type Millis, millis, toMillis } from "../time/units";
import type { StreamAccount } from "../wire/commands";
import type { EnvelopeFrame, GapFrame, SamplesFrame } from "../wire/frame";
import { MarkList, type Stretch } from "./marks";

/** More than the widest sweep shows at the slowest pace. */
const KEPT_SECONDS = 90;
/** Frames of what was missed come in a burst; so many that come at their own pace, and the stream is live again. */
const STEADY_FRAMES = 5;
const STEADY_MS = 20;

/** One epoch of a waveform: what a trace is drawn from. */
export interface Epoch {
  readonly epoch: number;
  readonly samples: WaveRing;
  readonly clock: SampleClock;
  readonly marks: MarkList;
  readonly stretches: MarkList<Stretch>;
}

/** Frames of one stream in, something to draw out, and the accounts of it. */
export class WaveFeed {
  readonly #playout = new PlayoutClock();
  #missingBefore = 0;
  #speed = 1;
  #steady = STEADY_FRAMES;
  #lateMs = Number.POSITIVE_INFINITY;
  current: Epoch | undefined;
  frames = 0;
  gaps = 0;
  dropped = 0;
  /** Samples that came as columns of minimum and maximum, and how many went into each of the last ones; 1: samples come in full. */
  thinned = 0;
  columnSamples = 1;
  /** What the gateway last said. */
  account: StreamAccount | undefined;
  /** Frames of an epoch that is over. */
  stale = 0;
  lastArrivalMs: Millis | undefined;

  /** Samples that never came, all epochs together. */
  get missing(): number {
    return this.#missingBefore + (this.current?.samples.missing ?? 0);
  }

  set speed(speed: number) {
    if (speed !== this.#speed) this.#playout.reset();
    this.#speed = speed;
  }

  accept(frame: SamplesFrame | EnvelopeFrame, now: Millis): void {
    if (this.current && frame.epoch < this.current.epoch) {
      this.stale++;
      return;
    }
    this.frames++;
    this.lastArrivalMs = now;
    const { samples, clock } = this.#epochOf(frame);
    const first = Number(frame.first);
    const missing = samples.missing;
    this.columnSamples = frame.kind === "samples" ? 1 : 2 ** frame.scale;
    if (frame.kind === "samples") samples.append(first, frame.count, frame.values);
    else {
      samples.appendEnvelope(first, frame.count, frame.scale, frame.values);
      this.thinned += frame.count * this.columnSamples;
    }
    if (samples.missing > missing) this.gaps++;
    const mediaMs = millis((first * clock.msPerSample) / this.#speed);
    if (this.#steady < STEADY_FRAMES) this.#catchUp(now - mediaMs);
    this.#playout.arrived(mediaMs, now);
  }

  /** The connection is back, and what was missed is to come: the trace runs after it instead of waiting for it. */
  resume(): void {
    this.#steady = 0;
    this.#lateMs = Number.POSITIVE_INFINITY;
  }

  /** Behind by less with each frame: they are still of what was missed. */
  #catchUp(lateMs: number): void {
    this.#steady = this.#lateMs - lateMs < STEADY_MS ? this.#steady + 1 : 0;
    this.#lateMs = lateMs;
    this.#playout.reset();
  }

  /** A gap is also seen from the next frame's place; told of, it is known at once, and why. */
  acceptGap(frame: GapFrame): void {
    const current = this.current;
    if (!current || frame.epoch !== current.epoch) return;
    const missing = current.samples.missing;
    current.samples.skipTo(Number(frame.first + frame.missing));
    if (current.samples.missing > missing) this.gaps++;
    if (frame.reason === "dropped") this.dropped += Number(frame.missing);
  }

  settle(account: StreamAccount): void {
    this.account = account;
  }

  /** The place that belongs on the screen now; undefined when nothing has come. */
  placeAt(now: Millis): number | undefined {
    const position = this.#playout.position(now);
    if (position === undefined || !this.current) return undefined;
    const { samples, clock } = this.current;
    return Math.min((position * this.#speed) / clock.msPerSample, samples.end - 1);
  }

  #epochOf(frame: SamplesFrame | EnvelopeFrame): Epoch {
    const known = this.current;
    if (known && known.epoch === frame.epoch && known.samples.channels === frame.channels) return known;
    this.#missingBefore = this.missing;
    this.#playout.reset();
    this.current = {
      epoch: frame.epoch,
      samples: new WaveRing(frame.channels, KEPT_SECONDS * frame.rateHz),
      clock: new SampleClock(Number(frame.first), toMillis(frame.timeNs), frame.rateHz),
      marks: new MarkList(),
      stretches: new MarkList(),
    };
    return this.current;
  }
}
