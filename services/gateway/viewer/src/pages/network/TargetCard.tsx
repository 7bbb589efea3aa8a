import type { LiveStream } from "../../session/liveStream";
import type { LatencyWindow } from "../../wire/latency";
import { session, textClock } from "../shell/app";
import { durationText, lifeText } from "../shell/texts";
import { conditionSigns, lossText, msText } from "./lines";
import type { SpanChoice, View } from "./spans";
import { TrendChart } from "./TrendChart";

interface Props {
  readonly stream: LiveStream;
  readonly span: SpanChoice;
  readonly view: View;
  /** Left out for a target of the configuration. */
  readonly onEdit?: (() => void) | undefined;
}

/** One target: state, numbers of the last ten seconds, chart. */
export function TargetCard({ stream, span, view, onEdit }: Props) {
  const info = stream.info.value;
  const state = stream.line.state.value;
  const condition = state?.condition ?? "unknown";
  const label = info?.label ?? stream.name;
  return (
    <section class="card target" data-target={stream.name} data-condition={condition} aria-label={label}>
      <header>
        <span class="condition" data-testid="condition" title={state?.reason}>
          <b aria-hidden="true">{conditionSigns[condition]}</b> {condition}
        </span>
        <h3>{label}</h3>
        {info?.simulated === true && <span class="badge simulated">simulated</span>}
        {onEdit && (
          <button type="button" class="limits" aria-label={`Edit ${label}`} onClick={onEdit}>
            edit
          </button>
        )}
      </header>
      <p class="target-source">
        {info?.source} <Since stream={stream} />
      </p>
      <TrendChart stream={stream} span={span} view={view} />
      <Figures window={stream.line.statistics.value?.windows[0]} />
    </section>
  );
}

function Since({ stream }: { readonly stream: LiveStream }) {
  void textClock.value;
  const info = stream.info.value;
  const state = stream.line.state.value;
  if (info && info.life !== "live") return <span class="problem">{lifeText(info, session.gatewayNow())}</span>;
  if (!state) return null;
  return (
    <span data-testid="since">
      · {state.condition} for {durationText(session.gatewayNow() - state.sinceMs)}
    </span>
  );
}

/** What is not known is a dash, not a zero. */
function Figures({ window }: { readonly window: LatencyWindow | undefined }) {
  const isAnswered = window !== undefined && window.p50Ms > 0;
  const ms = (value: number | undefined) => (isAnswered && value !== undefined ? `${msText(value)} ms` : "–");
  return (
    <dl class="figures" data-testid="figures">
      <Figure name="p50" value={ms(window?.p50Ms)} />
      <Figure name="p95" value={ms(window?.p95Ms)} />
      <Figure name="jitter" value={ms(window?.jitterMs)} />
      <Figure name="loss" value={window ? lossText(window.lost, window.readings) : "–"} isBad={(window?.lost ?? 0) > 0} />
      <Figure name="MOS" value={window && window.mos > 0 ? window.mos.toFixed(1) : "–"} />
      <Figure name="class" value={window && window.quality !== "unknown" ? window.quality : "–"} />
    </dl>
  );
}

const Figure = ({ name, value, isBad = false }: { readonly name: string; readonly value: string; readonly isBad?: boolean }) => (
  <div data-figure={name}>
    <dt>{name}</dt>
    <dd class={isBad ? "problem" : ""}>{value}</dd>
  </div>
);
