import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { afterKey, intervalText, measure, type Span } from "../../draw/caliper";
import type { Paper } from "../../draw/paper";

/** A shorter drag was a click, which takes the caliper away. */
const LEAST_PX = 3;

/** Lies over a trace: drag, or Enter and arrow keys, to measure an interval. */
export function Caliper({ paper }: { readonly paper: Paper }) {
  const span = useSignal<Span | undefined>(undefined);
  const area = useRef<HTMLDivElement>(null);
  const isDragged = useRef(false);
  const placeOf = (event: PointerEvent) => event.clientX - (area.current?.getBoundingClientRect().left ?? 0);
  const begin = (event: PointerEvent) => {
    if (event.button !== 0) return;
    area.current?.setPointerCapture(event.pointerId);
    isDragged.current = true;
    span.value = { from: placeOf(event), to: placeOf(event) };
  };
  const move = (event: PointerEvent) => {
    if (isDragged.current && span.value) span.value = { from: span.value.from, to: placeOf(event) };
  };
  const end = () => {
    isDragged.current = false;
    if (span.value && Math.abs(span.value.to - span.value.from) < LEAST_PX) span.value = undefined;
  };
  const press = (event: KeyboardEvent) => {
    const next = afterKey(event, span.value, area.current?.clientWidth ?? 0, paper);
    if (next === undefined) return;
    event.preventDefault();
    span.value = next === "none" ? undefined : next;
  };
  return (
    <div
      ref={area}
      class="caliper-area"
      data-testid="caliper-area"
      role="application"
      aria-label="Caliper: drag over the trace, or Enter and the arrow keys; with Alt all of it moves, Escape takes it away"
      tabIndex={0}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
      onKeyDown={press}
    >
      {span.value && <Measured span={span.value} paper={paper} />}
    </div>
  );
}

function Measured({ span, paper }: { readonly span: Span; readonly paper: Paper }) {
  const left = Math.min(span.from, span.to);
  return (
    <div class="caliper" style={{ left: `${left}px`, width: `${Math.abs(span.to - span.from)}px` }}>
      <output data-testid="caliper" aria-live="polite">
        {intervalText(measure(span, paper))}
      </output>
    </div>
  );
}
