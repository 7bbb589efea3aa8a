import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { onFrame } from "../../draw/frameLoop";
import { drawTrend } from "../../draw/trend";
import type { LiveStream } from "../../session/liveStream";
import { session } from "../shell/app";

/** The rolling chart of a target; drawn in an animation frame, a few times a second at most. */
const STEP_MS = 250;

export function TrendChart({ stream, spanMs }: { readonly stream: LiveStream; readonly spanMs: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const top = useSignal<number | undefined>(undefined);
  useEffect(
    () => (canvas.current ? drawOn(canvas.current, stream, spanMs, (drawn) => (top.value = drawn)) : undefined),
    [stream, spanMs],
  );
  return (
    <div class="trend" data-testid="trend">
      <canvas ref={canvas} role="img" aria-label={`Round trips of the last ${spanMs / 60_000} min, up to ${top.value ?? 1} ms`} />
      <span class="trend-top">{top.value !== undefined && `${top.value} ms`}</span>
    </div>
  );
}

function drawOn(canvas: HTMLCanvasElement, stream: LiveStream, spanMs: number, scaled: (top: number) => void): () => void {
  const { line } = stream;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const observer = new ResizeObserver(() => {
    canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
    canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
    drawnAt = Number.NEGATIVE_INFINITY;
  });
  observer.observe(canvas);
  const stop = onFrame((now) => {
    if (now - drawnAt < STEP_MS || canvas.width === 0) return;
    drawnAt = now;
    const endMs = session.gatewayNow();
    scaled(drawTrend(canvas, line.since(endMs - spanMs), line.anomalies.peek(), { endMs, spanMs }, devicePixelRatio));
  });
  return () => {
    stop();
    observer.disconnect();
  };
}
