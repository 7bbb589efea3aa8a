import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { drawChanges } from "../../draw/canvas";
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

function drawOn(canvas: HTMLCanvasElement, { findings: { tachogram } }: LiveStream, scaled: (scale: Scale) => void): () => void {
  return drawChanges(
    canvas,
    () => tachogram.newest,
    ({ timeMs }) => scaled(drawTachogram(canvas, tachogram.since(timeMs - SPAN_MS), timeMs, devicePixelRatio)),
  );
}
