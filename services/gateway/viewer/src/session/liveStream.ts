import { type Signal, signal } from "@preact/signals";
import { Percentiles } from "../time/percentiles";
import { type Millis, millis } from "../time/units";
import type { SignalQuality } from "../wire/alert";
import type { EventLog, Place } from "../wire/commands";
import { decodeEvent, type SignalEvent } from "../wire/event";
import type { EventFrame, Frame } from "../wire/frame";
import type { StreamInfo } from "../wire/streamInfo";
import type { AlertBook } from "./alertBook";
import { Findings } from "./findings";
import { LineFindings } from "./lineFindings";
import type { StretchQuality } from "./marks";
import { type Epoch, WaveFeed } from "./waveFeed";

/** Five seconds at 60 frames/s. */
const LATENCIES = 300;
/** Frames of 40 ms that do not come for so long are overdue. */
const OVERDUE_MS = 2_000;
/** Of a stream without waves what was missed is worth its way for so long; behind that the charts ask the logs. */
const RESUME_MS = 600_000;
/** Below it the processor calls a second noisy. */
const GOOD_INDEX = 0.5;

/** Everything this page knows of one stream that it watches. */
export class LiveStream {
  readonly info: Signal<StreamInfo | undefined> = signal(undefined);
  /** Why there is nothing to show, in the gateway's words. */
  readonly problem: Signal<string | undefined> = signal(undefined);
  readonly wave = new WaveFeed();
  readonly findings = new Findings();
  /** Of a network target. */
  readonly line = new LineFindings();
  readonly latency = new Percentiles(LATENCIES);
  badEvents = 0;
  /** The last one of each log. */
  readonly #sequences: Partial<Record<EventLog, number>> = {};
  #lastEventMs: Millis | undefined;
  readonly #alerts: AlertBook;

  constructor(
    readonly name: string,
    alerts: AlertBook,
  ) {
    this.#alerts = alerts;
  }

  describe(info: StreamInfo): void {
    this.info.value = info;
    this.problem.value = undefined;
    this.wave.speed = info.speed;
  }

  accept(frame: Frame, now: Millis): void {
    switch (frame.kind) {
      case "samples":
      case "envelope":
        this.wave.accept(frame, now);
        break;
      case "gap":
        this.wave.acceptGap(frame);
        break;
      case "event":
        this.#acceptEvent(frame, now);
        break;
    }
  }

  /** From where on to go on after an interruption; undefined when nothing has come yet. */
  placeAt(now: Millis): Place | undefined {
    const epoch = this.wave.current;
    if (epoch) return { epoch: epoch.epoch, first: epoch.samples.end, ...this.#sequences };
    return this.#lastEventMs !== undefined && now - this.#lastEventMs < RESUME_MS ? { ...this.#sequences } : undefined;
  }

  /** The pen has reached this place: how old is it? A replay at a factor has left the wall clock, so it has no age. */
  drawn(place: number, gatewayNow: Millis): void {
    const epoch = this.wave.current;
    if (epoch && !this.isReplay) this.latency.add(gatewayNow - epoch.clock.timeOf(place));
  }

  get isReplay(): boolean {
    return (this.info.value?.speed ?? 1) !== 1;
  }

  isOverdue(now: Millis): boolean {
    const last = this.wave.lastArrivalMs;
    return last !== undefined && millis(now - last) > OVERDUE_MS;
  }

  #acceptEvent({ body, first }: EventFrame, now: Millis): void {
    try {
      const event = decodeEvent(body);
      if (event.log) {
        this.#sequences[event.log] = Number(first);
        this.#lastEventMs = now;
      }
      const epoch = this.wave.current;
      if (event.body.kind === "alert") {
        this.#alerts.accept(event.stream, event.body, event);
        return;
      }
      this.line.accept(event);
      const isNew = this.findings.accept(event, now);
      if (isNew && epoch?.epoch === event.epoch) mark(epoch, event);
    } catch {
      this.badEvents++;
    }
  }
}

/** What belongs at a place of the trace. */
function mark(epoch: Epoch, { index, body }: SignalEvent): void {
  const place = Number(index);
  if (body.kind === "beat") epoch.marks.add({ place, kind: body.beatKind, isPoor: body.isPoor });
  if (body.kind === "signalQuality")
    epoch.stretches.add({ from: place - 1000 / epoch.clock.msPerSample, place, quality: stretchQuality(body) });
}

/** Of the best lead, as the index is: a lead that is off does not spoil the other. */
export function stretchQuality({ index, leads }: SignalQuality): StretchQuality {
  if (leads.length > 0 && leads.every(({ flat, saturated }) => flat || saturated)) return "off";
  return index >= GOOD_INDEX ? "good" : "poor";
}
