/**
 * Binary WebSocket messages. docs/PROTOCOL.md draws the layout: 32 bytes of header, little-endian, then the payload,
 * which is therefore aligned and viewed where it lies.
 */
import { type Nanos, nanos } from "../time/units";

export const HEADER_BYTES = 32;
const VERSION = 1;
const GAP_BYTES = 9;

interface Header {
  readonly topic: number;
  readonly epoch: number;
  readonly rateHz: number;
  /** Place in the epoch of the first sample; of an event, its sequence in the log. */
  readonly first: bigint;
  readonly timeNs: Nanos;
}

/** Shape (channels, count): one channel after the other. */
export interface SamplesFrame extends Header {
  readonly kind: "samples";
  readonly count: number;
  readonly channels: number;
  readonly values: Float32Array;
}

/** Shape (channels, count, 2): minimum and maximum of columns of 2^scale samples. */
export interface EnvelopeFrame extends Header {
  readonly kind: "envelope";
  readonly scale: number;
  readonly count: number;
  readonly channels: number;
  readonly values: Float32Array;
}

/** The body is one protobuf `Event`, decoded by `event.ts`. */
export interface EventFrame extends Header {
  readonly kind: "event";
  readonly body: Uint8Array;
}

export type GapReason = "unknown" | "lost" | "dropped" | "expired";

export interface GapFrame extends Header {
  readonly kind: "gap";
  readonly missing: bigint;
  readonly reason: GapReason;
}

export type Frame = SamplesFrame | EnvelopeFrame | EventFrame | GapFrame;
export type FrameRule = "tooShort" | "version" | "kind" | "scale" | "rate" | "length";

/** Bytes that are no frame: the rule they break, and the value that does. */
export class FrameError extends Error {
  constructor(
    readonly rule: FrameRule,
    message: string,
  ) {
    super(message);
    this.name = "FrameError";
  }
}

const gapReasons: readonly GapReason[] = ["unknown", "lost", "dropped", "expired"];

export function decodeFrame(message: ArrayBuffer): Frame {
  if (message.byteLength < HEADER_BYTES)
    throw new FrameError("tooShort", `${message.byteLength} bytes: a frame has at least ${HEADER_BYTES}.`);
  const view = new DataView(message);
  const version = view.getUint8(1) >> 4;
  if (version !== VERSION) throw new FrameError("version", `version ${version}: ${VERSION} is the only one known.`);
  const header: Header = {
    topic: view.getUint32(4, true),
    epoch: view.getUint32(8, true),
    rateHz: view.getFloat32(12, true),
    first: view.getBigUint64(16, true),
    timeNs: nanos(view.getBigInt64(24, true)),
  };
  switch (view.getUint8(0)) {
    case 1:
      return samples(view, header);
    case 2:
      return envelope(view, header);
    case 3:
      checkBare(view, view.byteLength > HEADER_BYTES);
      return { kind: "event", ...header, body: new Uint8Array(message, HEADER_BYTES) };
    case 4:
      return gap(view, header);
    default:
      throw new FrameError("kind", `kind ${view.getUint8(0)}: 1 samples, 2 envelope, 3 event and 4 gap are known.`);
  }
}

function samples(view: DataView, header: Header): SamplesFrame {
  const scale = scaleOf(view);
  if (scale !== 0) throw new FrameError("scale", `scale ${scale}: samples have none.`);
  return { kind: "samples", ...header, ...values(view, header, 1) };
}

function envelope(view: DataView, header: Header): EnvelopeFrame {
  const scale = scaleOf(view);
  if (scale === 0 || header.first % (1n << BigInt(scale)) !== 0n)
    throw new FrameError(
      "scale",
      `scale ${scale}, first ${header.first}: columns of 2^scale samples start at a multiple of it.`,
    );
  return { kind: "envelope", scale, ...header, ...values(view, header, 2) };
}

function values(view: DataView, header: Header, perColumn: 1 | 2) {
  if (!(header.rateHz > 0 && Number.isFinite(header.rateHz)))
    throw new FrameError("rate", `rate ${header.rateHz} Hz: it must be a finite number above zero.`);
  const count = view.getUint16(2, true);
  const payload = view.byteLength - HEADER_BYTES;
  const bytesEach = 4 * perColumn * count;
  if (count === 0 || payload === 0 || payload % bytesEach !== 0)
    throw new FrameError(
      "length",
      `${payload} bytes of payload with count ${count}: they must be ${4 * perColumn} for each of count and channel.`,
    );
  return { count, channels: payload / bytesEach, values: new Float32Array(view.buffer as ArrayBuffer, HEADER_BYTES) };
}

function gap(view: DataView, header: Header): GapFrame {
  checkBare(view, view.byteLength === HEADER_BYTES + GAP_BYTES);
  return {
    kind: "gap",
    ...header,
    missing: view.getBigUint64(HEADER_BYTES, true),
    reason: gapReasons[view.getUint8(HEADER_BYTES + 8)] ?? "unknown",
  };
}

/** Events and gaps have no columns, so neither scale nor count. */
function checkBare(view: DataView, payloadFits: boolean): void {
  if (scaleOf(view) !== 0) throw new FrameError("scale", `scale ${scaleOf(view)}: only an envelope has one.`);
  const count = view.getUint16(2, true);
  if (count !== 0 || !payloadFits)
    throw new FrameError(
      "length",
      `${view.byteLength - HEADER_BYTES} bytes of payload with count ${count}: a gap takes ${GAP_BYTES} and an event at least 1, count 0.`,
    );
}

const scaleOf = (view: DataView): number => view.getUint8(1) & 0x0f;
