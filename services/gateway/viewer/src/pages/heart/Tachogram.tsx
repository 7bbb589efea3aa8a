import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { onFrame } from "../../draw/frameLoop";
import { drawTachogram, type Scale, SPAN_MS } from "../../draw/tachogram";
import type { LiveStream } from "../../session/liveStream";

/** The RR intervals of the last minute; drawn in an animation frame when a beat has come. */
export function Tachogram({ stream }: { readonly stream: LiveStream }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = useSignal<Scale | undefined>(undefined);
  useEffect(
    () => (canvas.current ? drawOn(canvas.current, stream, (drawn) => (scale.value = drawn)) : undefined),
    [stream],
  );
  return (
    <div class="tachogram" data-testid="tachogram">
      <canvas ref={canvas} role="img" aria-label={labelOf(scale.value)} />
      <span class="tachogram-high">{scale.value?.high}</span>
      <span class="tachogram-low">{scale.value && `${scale.value.low} ms`}</span>
    </div>
  );
}

const labelOf = (scale: Scale | undefined): string =>
  `RR intervals of the last minute${scale ? `, within ${scale.low} to ${scale.high} ms` : ""}`;

function drawOn(canvas: HTMLCanvasElement, stream: LiveStream, scaled: (scale: Scale) => void): () => void {
  const { tachogram } = stream.findings;
  let drawn = -1;
  const observer = new ResizeObserver(() => {
    canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
    canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
    drawn = -1;
  });
  observer.observe(canvas);
  const stop = onFrame(() => {
    const { count, newest } = tachogram;
    if (count === drawn || newest === undefined || canvas.width === 0) return;
    drawn = count;
    scaled(drawTachogram(canvas, tachogram.since(newest.timeMs - SPAN_MS), newest.timeMs, devicePixelRatio));
  });
  return () => {
    stop();
    observer.disconnect();
  };
}
