import { useSignal } from "@preact/signals";
import type { LiveStream } from "../../session/liveStream";
import { AlarmChip } from "../shell/AlarmChip";
import { pageNow, session, textClock } from "../shell/app";
import { lifeText } from "../shell/texts";
import { Accounts } from "./Accounts";
import { LimitsButton } from "./LimitsButton";
import { Numbers } from "./Numbers";
import { paper } from "./paperSettings";
import { Quality } from "./Quality";
import { Rate } from "./Rate";
import { Tachogram } from "./Tachogram";
import { TraceCanvas } from "./TraceCanvas";

interface Props {
  readonly stream: LiveStream;
  /** One of many: the trace and the rate have to do. */
  readonly isTile: boolean;
}

/** One stream: its trace, its numbers, its accounts. */
export function StreamRow({ stream, isTile }: Props) {
  const channel = useSignal(0);
  const info = stream.info.value;
  const label = info?.label ?? stream.name;
  const alarms = session.alerts.standing.value.filter((alert) => alert.stream === stream.name);
  return (
    <section
      class="stream"
      data-stream={stream.name}
      data-state={stateOf(stream)}
      data-severity={alarms[0]?.severity}
      aria-label={label}
    >
      <div class="strip">
        <div class="strip-head">
          <h2 title={info?.source}>{label}</h2>
          {info?.simulated && <span class="badge simulated">simulated</span>}
          {info && info.speed !== 1 && <span class="badge">replay ×{info.speed}</span>}
          <Leads stream={stream} selected={channel.value} select={(lead) => (channel.value = lead)} />
          {alarms.map((alert) => (
            <AlarmChip key={alert.fingerprint} alert={alert} />
          ))}
          <StateText stream={stream} />
          {!isTile && (
            <span class="strip-tools">
              <Quality stream={stream} />
              <LimitsButton stream={stream.name} label={label} />
            </span>
          )}
        </div>
        <TraceCanvas stream={stream} channel={channel.value} paper={paper.value} isMeasured={!isTile} />
        {!isTile && <Accounts stream={stream} />}
      </div>
      <div class="numbers">
        <Rate stream={stream} isTile={isTile} />
        {!isTile && <Tachogram stream={stream} />}
        {!isTile && <Numbers stream={stream} />}
      </div>
    </section>
  );
}

type RowState = "waiting" | "live" | "overdue" | "silent" | "ended" | "problem";

function stateOf(stream: LiveStream): RowState {
  void textClock.value;
  if (stream.problem.value !== undefined) return "problem";
  const life = stream.info.value?.life;
  if (life === "silent" || life === "ended") return life;
  if (stream.wave.lastArrivalMs === undefined) return "waiting";
  return stream.isOverdue(pageNow()) ? "overdue" : "live";
}

function StateText({ stream }: { readonly stream: LiveStream }) {
  const state = stateOf(stream);
  const info = stream.info.value;
  if (state === "live") return null;
  return (
    <span class="state" data-testid="state" role="status">
      {state === "problem" && stream.problem.value}
      {state === "waiting" && "waiting for its first frame"}
      {state === "overdue" && "nothing comes"}
      {(state === "silent" || state === "ended") && info && lifeText(info, session.gatewayNow())}
    </span>
  );
}

interface LeadsProps {
  readonly stream: LiveStream;
  readonly selected: number;
  readonly select: (lead: number) => void;
}

function Leads({ stream, selected, select }: LeadsProps) {
  const channels = stream.info.value?.channels ?? [];
  if (channels.length < 2) return <span class="lead">{channels[0]?.name}</span>;
  return (
    <select
      class="lead"
      aria-label="Lead"
      value={selected}
      onChange={(event) => select(Number(event.currentTarget.value))}
    >
      {channels.map(({ name }, index) => (
        <option key={name} value={index}>
          {name}
        </option>
      ))}
    </select>
  );
}
