import { useEffect, useRef } from "preact/hooks";
import { drawChanges } from "../../draw/canvas";
import { drawFan, PAST_BARS } from "../../draw/fan";
import type { LiveStream } from "../../session/liveStream";
import type { PriceOutlook } from "../../wire/market";
import { intervalText, priceText } from "./outlook";

/** Drawn in an animation frame when a bar has come. */
export function FanChart({ stream }: { readonly stream: LiveStream }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current ? drawOn(canvas.current, stream) : undefined), [stream]);
  return (
    <div class="fan" data-testid="fan">
      <canvas ref={canvas} role="img" aria-label={labelOf(stream.findings.market.outlook.value)} />
    </div>
  );
}

function labelOf(outlook: PriceOutlook | undefined): string {
  const last = outlook?.horizons.at(-1);
  if (!outlook || !last) return "No price yet";
  return `Price of the last ${PAST_BARS} bars, now ${priceText(outlook.price)}; in ${last.steps} bars ${intervalText(last, 0.9)} with 90 %`;
}

function drawOn(canvas: HTMLCanvasElement, { findings: { market } }: LiveStream): () => void {
  return drawChanges(
    canvas,
    () => market.outlook.value,
    ({ horizons }) => drawFan(canvas, { past: market.prices, ahead: horizons }, devicePixelRatio),
  );
}
