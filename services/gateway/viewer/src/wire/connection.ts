/** One WebSocket that comes back by itself. */
import { type Millis, millis } from "../time/units";
import { Backoff } from "./backoff";
import { type Answer, type Command, decodeAnswer, encodeCommand } from "./commands";
import { decodeFrame, type Frame, FrameError } from "./frame";

export const PROTOCOL = "signalstream.v1";

/** Nothing for so long, though a `time` exchange is due every few seconds: the link is dead, whatever TCP says. */
const SILENCE_MS = 12_000;
/** A socket that has not opened by now will not. */
const OPENING_MS = 8_000;
/** So long without a gateway, and it is no hiccup any more. */
const LOST_MS = 30_000;

export type ConnectionState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "reconnecting" | "lost"; readonly retryAtMs: Millis; readonly reason: string };

export interface ConnectionEvents {
  state(state: ConnectionState): void;
  /** Called before the state is told, so that subscriptions go first. */
  open(): void;
  frame(frame: Frame): void;
  answer(answer: Answer): void;
  badFrame(error: FrameError): void;
}

/** What of a WebSocket is used, so that tests can be one. */
export type Socket = Pick<
  WebSocket,
  "binaryType" | "readyState" | "send" | "close" | "onopen" | "onmessage" | "onclose"
>;

export interface ConnectionOptions {
  readonly connect: () => Socket;
  /** A clock that never goes back. */
  readonly now: () => Millis;
  readonly backoff?: Backoff;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #backoff: Backoff;
  #socket: Socket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setInterval> | undefined;
  #lastLiveMs: Millis;
  #lastHeardMs: Millis;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#backoff = options.backoff ?? new Backoff();
    this.#lastLiveMs = this.#lastHeardMs = options.now();
  }

  start(): void {
    this.#abandon();
    this.#events.state({ kind: "connecting" });
    const socket = this.#options.connect();
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#opened();
    socket.onmessage = (message: MessageEvent<ArrayBuffer | string>) => this.#heard(message.data);
    socket.onclose = (close: CloseEvent) => this.#closed(closeReason(close.code, close.reason));
    this.#timer = setTimeout(() => this.#closed("the gateway does not answer"), OPENING_MS);
  }

  /** Tries at once when it was waiting: the network is back, or somebody pressed the button. */
  retryNow(): void {
    if (this.#socket) return;
    this.#backoff.reset();
    this.start();
  }

  stop(): void {
    this.#abandon();
  }

  /** False when there is no gateway to hear it; what matters is said again once it is open. */
  send(command: Command): boolean {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(encodeCommand(command));
    return true;
  }

  #opened(): void {
    clearTimeout(this.#timer);
    this.#backoff.reset();
    this.#lastHeardMs = this.#options.now();
    this.#silence = setInterval(() => this.#checkSilence(), 1_000);
    this.#events.open();
    this.#events.state({ kind: "live" });
  }

  #heard(data: ArrayBuffer | string): void {
    this.#lastHeardMs = this.#lastLiveMs = this.#options.now();
    if (typeof data === "string") {
      this.#events.answer(decodeAnswer(data));
      return;
    }
    try {
      this.#events.frame(decodeFrame(data));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#events.badFrame(error);
    }
  }

  #checkSilence(): void {
    if (this.#options.now() - this.#lastHeardMs > SILENCE_MS) this.#closed("the gateway has fallen silent");
  }

  #closed(reason: string): void {
    this.#abandon();
    const now = this.#options.now();
    const wait = this.#backoff.next();
    const kind = now - this.#lastLiveMs > LOST_MS ? "lost" : "reconnecting";
    this.#timer = setTimeout(() => this.start(), wait);
    this.#events.state({ kind, retryAtMs: millis(now + wait), reason });
  }

  /** Whatever the old socket may still say is not heard. */
  #abandon(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#silence);
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

/** Close codes of docs/PROTOCOL.md, for people. */
function closeReason(code: number, said: string): string {
  switch (code) {
    case 1001:
      return "the gateway is restarting";
    case 1008:
      return `the gateway refused this viewer${said === "" ? "" : `: ${said}`}`;
    case 4008:
      return "this viewer was too slow";
    case 4009:
      return "the gateway has too many viewers";
    default:
      return said === "" ? "no connection to the gateway" : said;
  }
}
