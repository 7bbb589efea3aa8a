/** What this page has to do with the gateway: the connection, the list of streams, and those that it watches. */
import { computed, type Signal, signal } from "@preact/signals";
import { ClockOffset } from "../time/clockOffset";
import { type Millis, millis } from "../time/units";
import type { Answer, EventType, Place, Topic, WaveForm } from "../wire/commands";
import { Connection, type ConnectionState, type Socket } from "../wire/connection";
import type { Frame } from "../wire/frame";
import { AlertBook } from "./alertBook";
import { LiveStream } from "./liveStream";
import { byName, covers, isPattern } from "./names";

/** Round trips at first, close together, to know the offset soon; then one now and then. */
const FIRST_EXCHANGES = 5;
const FIRST_EXCHANGE_MS = 120;
const EXCHANGE_MS = 5_000;
/** A command has at most 16 KiB. */
const MOST_RESUMED = 100;
const TYPES: readonly EventType[] = ["wave", "reading", "finding", "forecast", "alert"];

export interface SessionOptions {
  readonly connect: () => Socket;
  readonly now: () => Millis;
  /** Wall clock of `now`'s zero. */
  readonly originMs: Millis;
}

export class Session {
  readonly state: Signal<ConnectionState> = signal({ kind: "connecting" });
  readonly gateway = signal("");
  readonly badFrames = signal(0);
  /** Less than full when this viewer lags: the gateway says so with each change. */
  readonly form: Signal<WaveForm> = signal("full");
  /** The last refusal that belongs to no stream. */
  readonly refusal: Signal<string | undefined> = signal(undefined);
  readonly offset = new ClockOffset();
  /** Of every stream of the kinds asked for, watched or not. */
  readonly alerts = new AlertBook();
  /** Names and patterns. */
  readonly wanted: Signal<readonly string[]> = signal([]);
  readonly #streams: Signal<ReadonlyMap<string, LiveStream>> = signal(new Map());
  readonly #topics = new Map<number, LiveStream>();
  readonly #asked = new Map<number, readonly string[]>();
  readonly #connection: Connection;
  readonly #options: SessionOptions;
  #listed: ReadonlySet<string> = new Set();
  #alertKinds: readonly string[] = [];
  readonly #alertsAsked = new Set<number>();
  #backS = 0;
  #nextId = 1;
  #exchanges = 0;
  #exchangeTimer: ReturnType<typeof setTimeout> | undefined;

  /** In the order in which they were chosen; those of a pattern by name. */
  readonly watched = computed(() => {
    const streams = [...this.#streams.value.values()].sort((a, b) => byName(a.name, b.name));
    return [...new Set(this.wanted.value.flatMap((want) => streams.filter(({ name }) => covers(want, name))))];
  });

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#connection = new Connection(options, {
      state: (state) => {
        this.state.value = state;
      },
      open: () => this.#opened(),
      frame: (frame) => this.#frame(frame),
      answer: (answer) => this.#answer(answer),
      badFrame: () => {
        this.badFrames.value++;
      },
    });
  }

  start(): void {
    this.#connection.start();
  }

  retryNow(): void {
    this.#connection.retryNow();
  }

  /** The gateway's clock, as well as it is known. */
  gatewayNow(): Millis {
    return millis(this.#options.originMs + this.#options.now() + (this.offset.best?.offsetMs ?? 0));
  }

  /**
   * Names and patterns (`ecg.*`); what is no longer among them is let go.
   * @param backS Events of so many seconds before as well; 0: what is live.
   */
  watch(wanted: readonly string[], backS = 0): void {
    const before = this.wanted.value;
    this.#backS = backS;
    this.wanted.value = wanted;
    const kept = [...this.#streams.value].filter(([name]) => wanted.some((want) => covers(want, name)));
    const named = wanted.filter((want) => !isPattern(want) && !this.#streams.value.has(want));
    this.#streams.value = new Map([...kept, ...named.map((name) => [name, new LiveStream(name, this.alerts)] as const)]);
    this.#unsubscribe(before.filter((want) => !wanted.includes(want)));
    this.#subscribe(wanted.filter((want) => !before.includes(want)));
    // What is watched whole is told of its alerts as well; let go, it still is.
    this.#subscribeAlerts(before.filter((want) => !wanted.includes(want)));
  }

  /** Alerts are told of all streams of these kinds, whichever are watched. */
  watchAlerts(kinds: readonly string[]): void {
    const added = kinds.filter((kind) => !this.#alertKinds.includes(kind));
    if (added.length === 0) return;
    this.#alertKinds = [...this.#alertKinds, ...added];
    this.#subscribeAlerts(added.map((kind) => `${kind}.*`));
  }

  #subscribeAlerts(patterns: readonly string[]): void {
    const streams = patterns.filter((p) => this.#alertKinds.some((kind) => p === `${kind}.*`) && !this.wanted.value.includes(p));
    if (streams.length === 0) return;
    const id = this.#nextId++;
    if (this.#connection.send({ cmd: "subscribe", id, streams, types: ["alert"] })) this.#alertsAsked.add(id);
  }

  #opened(): void {
    // Topics are the connection's own, and so is whatever was asked on the last one.
    this.#topics.clear();
    this.#asked.clear();
    this.#alertsAsked.clear();
    this.form.value = "full";
    this.offset.reset();
    this.#exchanges = 0;
    this.#exchange();
    this.#subscribe(this.wanted.value);
    this.#subscribeAlerts(this.#alertKinds.map((kind) => `${kind}.*`));
  }

  #frame(frame: Frame): void {
    const stream = this.#topics.get(frame.topic);
    if (stream) stream.accept(frame, this.#options.now());
    else if (frame.kind === "event") this.alerts.acceptBytes(frame.body);
  }

  #answer(answer: Answer): void {
    switch (answer.type) {
      case "hello":
        this.gateway.value = answer.gateway;
        break;
      case "subscribed":
        this.#asked.delete(answer.id);
        if (this.#alertsAsked.delete(answer.id)) this.alerts.problem.value = undefined;
        for (const stream of answer.streams) this.#describe(stream);
        break;
      case "stream":
        this.#describe(answer.stream);
        break;
      case "accounts":
        this.form.value = answer.form;
        for (const account of answer.streams) this.#topics.get(account.topic)?.wave.settle(account);
        break;
      case "time":
        this.offset.add({ ...answer, t3: millis(this.#options.originMs + this.#options.now()) });
        break;
      case "error":
        if (answer.id !== undefined && this.#alertsAsked.delete(answer.id)) this.alerts.problem.value = answer.message;
        else this.#refused(answer.id, answer.message);
        break;
    }
  }

  /** A stream that nobody wants any more may still be told of. */
  #describe({ topic, info }: Topic): void {
    if (!this.wanted.value.some((want) => covers(want, info.stream))) return;
    let stream = this.#streams.value.get(info.stream);
    if (!stream) {
      stream = new LiveStream(info.stream, this.alerts);
      this.#streams.value = new Map([...this.#streams.value, [info.stream, stream]]);
    }
    stream.describe(info);
    if (topic > 0) this.#topics.set(topic, stream);
  }

  /** The gateway's list has been read: what it did not know before, it may know now. */
  list(names: Iterable<string>): void {
    this.#listed = new Set(names);
    const late = [...this.#streams.value.values()].filter(
      (s) => s.problem.value !== undefined && this.#listed.has(s.name),
    );
    for (const stream of late) stream.problem.value = undefined;
    this.#subscribe(late.map(({ name }) => name));
  }

  /**
   * One stream that is not known refuses all that were asked for with it, and too many errors close the connection. So
   * those on the list are asked for again, and the others wait until they are on it.
   */
  #refused(id: number | undefined, message: string): void {
    const names = (id === undefined ? undefined : this.#asked.get(id)) ?? [];
    if (id !== undefined) this.#asked.delete(id);
    if (names.length === 0) this.refusal.value = message;
    const known = names.length > 1 ? names.filter((name) => isPattern(name) || this.#listed.has(name)) : [];
    const isHelpful = known.length < names.length;
    for (const name of names) {
      if (isHelpful && known.includes(name)) continue;
      const stream = this.#streams.value.get(name);
      if (stream) stream.problem.value = names.length > 1 && isHelpful ? `${name} is not in the catalog.` : message;
      else this.refusal.value = message;
    }
    if (isHelpful) this.#subscribe(known);
  }

  #subscribe(streams: readonly string[]): void {
    if (streams.length === 0) return;
    const id = this.#nextId++;
    const from = this.#backS > 0 ? -this.#backS : this.#placesOf(streams);
    const command = { cmd: "subscribe", id, streams, types: TYPES, ...(from && { from }) } as const;
    if (this.#connection.send(command)) this.#asked.set(id, streams);
  }

  /** Of what it watched before, a viewer that comes back misses nothing: it goes on behind the last sample and the last events that it has. */
  #placesOf(wanted: readonly string[]): Record<string, Place> | undefined {
    const places: Record<string, Place> = {};
    for (const [name, stream] of this.#streams.value) {
      const place = stream.placeAt(this.#options.now());
      if (!place || !wanted.some((want) => covers(want, name))) continue;
      places[name] = place;
      stream.wave.resume();
    }
    const count = Object.keys(places).length;
    return count > 0 && count <= MOST_RESUMED ? places : undefined;
  }

  #unsubscribe(streams: readonly string[]): void {
    if (streams.length > 0) this.#connection.send({ cmd: "unsubscribe", id: this.#nextId++, streams });
  }

  #exchange(): void {
    clearTimeout(this.#exchangeTimer);
    const t0 = millis(this.#options.originMs + this.#options.now());
    if (!this.#connection.send({ cmd: "time", id: this.#nextId++, t0 })) return;
    const wait = ++this.#exchanges < FIRST_EXCHANGES ? FIRST_EXCHANGE_MS : EXCHANGE_MS;
    this.#exchangeTimer = setTimeout(() => this.#exchange(), wait);
  }
}
