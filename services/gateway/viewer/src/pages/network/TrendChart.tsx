import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { columnAt } from "../../draw/lineColumns";
import { LineTrend } from "../../session/lineTrend";
import type { LiveStream } from "../../session/liveStream";
import type { TrendColumn } from "../../session/trends";
import { clockText } from "../shell/texts";
import { follow } from "./followTrend";
import { lossText, msText } from "./lines";
import { show } from "./shown";
import { type SpanChoice, stepOf, type View } from "./spans";

interface Props {
  readonly stream: LiveStream;
  readonly span: SpanChoice;
  readonly view: View;
}

/** The rolling chart of a target: out of the log what was, live what is. */
export function TrendChart({ stream, span, view }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const top = useSignal(1);
  const hovered = useSignal<string | undefined>(undefined);
  const note = useSignal<string | undefined>(undefined);
  const trend = useMemo(() => new LineTrend(span.ms, stepOf(span, view)), [stream, span, view]);
  useEffect(() => show(stream, trend), [stream, trend]);
  useEffect(() => {
    if (!host.current) return;
    return follow(host.current, stream, trend, {
      spanMs: span.ms,
      isSmoke: view === "smoke",
      scaled: (ms) => (top.value = ms),
      noted: (text) => (note.value = text),
      hovered: (timeMs) => {
        const column = timeMs === undefined ? undefined : columnAt(trend.columns, timeMs, trend.stepMs);
        hovered.value = column && columnText(column);
      },
    });
  }, [stream, trend]);
  return (
    <div class="trend" data-testid="trend" data-view={view}>
      <div class="trend-plot" ref={host} role="img" aria-label={`Round trips of the last ${span.text}, up to ${top.value} ms${note.value ? `; ${note.value}` : ""}`} />
      <span class="trend-note">{hovered.value ?? note.value}</span>
    </div>
  );
}

function columnText({ timeMs, readings, lost, quantiles }: TrendColumn): string {
  const loss = lost > 0 ? `, ${lossText(lost, readings)} lost` : "";
  if (!quantiles) return `${clockText(timeMs)}: nothing answered`;
  return `${clockText(timeMs)}: ${msText(quantiles[3] ?? 0)} ms, p95 ${msText(quantiles[6] ?? 0)} ms${loss}`;
}
