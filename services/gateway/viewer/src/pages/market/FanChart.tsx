import { useEffect, useRef } from "preact/hooks";
import { drawFan, PAST_BARS } from "../../draw/fan";
import { onFrame } from "../../draw/frameLoop";
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
  let drawn: PriceOutlook | undefined;
  const observer = new ResizeObserver(() => {
    canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
    canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
    drawn = undefined;
  });
  observer.observe(canvas);
  const stop = onFrame(() => {
    const outlook = market.outlook.value;
    if (!outlook || outlook === drawn || canvas.width === 0) return;
    drawn = outlook;
    drawFan(canvas, { past: market.prices, ahead: outlook.horizons }, devicePixelRatio);
  });
  return () => {
    stop();
    observer.disconnect();
  };
}
