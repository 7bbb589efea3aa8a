import type { KnownAlert } from "../../session/alertBook";
import type { Millis } from "../../time/units";
import { kindOf } from "../../wire/streamInfo";
import { AlarmChip } from "../shell/AlarmChip";
import { labelOf } from "../shell/AlarmHead";
import { alarmName, signs } from "../shell/alarmTexts";
import { session, textClock } from "../shell/app";
import { durationText } from "../shell/texts";

/** Every alarm that this page has heard of: those that stand, the most urgent first, then those that are over. */
export function AlertsPage() {
  const { standing, all, problem } = session.alerts;
  const over = all.value.filter(({ state }) => state === "cleared").sort((a, b) => (b.endMs ?? 0) - (a.endMs ?? 0));
  return (
    <div class="alerts">
      {problem.value !== undefined && <p class="problem">Of streams that are not shown nothing is told: {problem.value}</p>}
      <h2>Now</h2>
      {standing.value.length === 0 && <p class="none">No alarm stands.</p>}
      <ul data-testid="standing">
        {standing.value.map((alert) => (
          <li key={alert.fingerprint} data-alert={alert.name}>
            <AlarmChip alert={alert} />
            <Where alert={alert} />
            <span class="evidence">{alert.evidence}</span>
            <time>since {clockText(alert.startMs)}</time>
          </li>
        ))}
      </ul>
      <h2>Over</h2>
      {over.length === 0 && <p class="none">None since this page was opened.</p>}
      <ul data-testid="over" class="over">
        {over.map((alert) => (
          <Over key={alert.fingerprint} alert={alert} />
        ))}
      </ul>
    </div>
  );
}

function Over({ alert }: { readonly alert: KnownAlert }) {
  void textClock.value;
  const endMs = alert.endMs ?? alert.startMs;
  return (
    <li data-alert={alert.name}>
      <span class="alarm-over">
        {signs[alert.severity]} {alarmName(alert)}
      </span>
      <Where alert={alert} />
      <span class="evidence">{alert.evidence}</span>
      <time>
        {clockText(alert.startMs)}, {durationText(endMs - alert.startMs)}
      </time>
    </li>
  );
}

function Where({ alert }: { readonly alert: KnownAlert }) {
  const label = labelOf(alert.stream);
  if (kindOf(alert.stream) !== "ecg") return <span class="where">{label}</span>;
  return (
    <a class="where" href={`#/heart?streams=${alert.stream}`}>
      {label}
    </a>
  );
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const clockText = (moment: Millis): string => clock.format(moment);
