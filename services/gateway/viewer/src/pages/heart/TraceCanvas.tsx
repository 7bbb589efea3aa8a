import { useEffect, useRef } from "preact/hooks";
import { onFrame } from "../../draw/frameLoop";
import { type Paper, pixelsPerUnit } from "../../draw/paper";
import { TracePainter } from "../../draw/trace";
import type { LiveStream } from "../../session/liveStream";
import type { Millis } from "../../time/units";
import { session } from "../shell/app";
import { Caliper } from "./Caliper";

interface Props {
  readonly stream: LiveStream;
  readonly channel: number;
  readonly paper: Paper;
  /** Whether there is room for a caliper. */
  readonly isMeasured: boolean;
}

/** The canvas of one stream; drawn in animation frames, and only while it is in sight. */
export function TraceCanvas({ stream, channel, paper, isMeasured }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(
    () => (canvas.current ? drawOn(canvas.current, stream, channel, paper) : undefined),
    [stream, channel, paper],
  );
  const unit = stream.info.value?.unit ?? "";
  return (
    <div class="trace">
      <canvas ref={canvas} role="img" aria-label={`${stream.info.value?.label ?? stream.name}, live trace`} />
      {isMeasured && <Caliper paper={paper} />}
      {unit !== "" && <CalibrationMark unit={unit} paper={paper} />}
    </div>
  );
}

/** How high one unit is on this screen. */
function CalibrationMark({ unit, paper }: { readonly unit: string; readonly paper: Paper }) {
  return (
    <span class="calibration" style={{ height: `${pixelsPerUnit(paper, 1)}px` }}>
      <span>1 {unit}</span>
    </span>
  );
}

function drawOn(canvas: HTMLCanvasElement, stream: LiveStream, channel: number, paper: Paper): () => void {
  const painter = new TracePainter(canvas);
  const sizes = observeSize(canvas, (width, height, dpr) => painter.resize(width, height, dpr, paper));
  const paint = (now: Millis) => {
    const epoch = stream.wave.current;
    const place = stream.wave.placeAt(now);
    if (!epoch || place === undefined) return;
    // A new epoch is another source, which the painter begins anew.
    const isDrawn = painter.paint(epoch, Math.min(channel, epoch.samples.channels - 1), place);
    if (isDrawn) stream.drawn(place, session.gatewayNow());
  };
  let stop = onFrame(paint);
  const sight = new IntersectionObserver((entries) => {
    stop();
    if (entries.at(-1)?.isIntersecting) stop = onFrame(paint);
  });
  sight.observe(canvas);
  return () => {
    stop();
    sizes.disconnect();
    sight.disconnect();
  };
}

type Resized = (width: number, height: number, dpr: number) => void;

/** Tells the size in device pixels, also when the page is zoomed or moved to another screen. */
function observeSize(canvas: HTMLCanvasElement, resized: Resized): ResizeObserver {
  const observer = new ResizeObserver((entries) => {
    const entry = entries.at(-1);
    const css = entry?.contentRect;
    if (!css || css.width === 0) return;
    const device = entry.devicePixelContentBoxSize?.[0];
    const dpr = devicePixelRatio;
    // Exact where the browser tells it; one that only pretends to another density tells its own screen's.
    if (device && Math.abs(device.inlineSize - css.width * dpr) < 2) resized(device.inlineSize, device.blockSize, dpr);
    else resized(Math.round(css.width * dpr), Math.round(css.height * dpr), dpr);
  });
  try {
    observer.observe(canvas, { box: "device-pixel-content-box" });
  } catch {
    observer.observe(canvas);
  }
  return observer;
}
