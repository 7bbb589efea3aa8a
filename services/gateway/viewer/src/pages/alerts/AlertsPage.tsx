import { useSignal } from "@preact/signals";
import type { KnownAlert } from "../../session/alertBook";
import { reasonOf } from "../../session/ask";
import { acknowledge } from "../../session/rules";
import { kindOf } from "../../wire/streamInfo";
import { AlarmChip } from "../shell/AlarmChip";
import { labelOf } from "../shell/AlarmHead";
import { alarmName, signs } from "../shell/alarmTexts";
import { session, textClock } from "../shell/app";
import { keepSetting, settingOf } from "../shell/place";
import { clockText, durationText } from "../shell/texts";
import { RulesPanel } from "./RulesPanel";
import "./alerts.css";

const SHOWN = 200;
const chosen = settingOf("alert");

/** Who acknowledges, for the others to read; kept in the address, as all choices are. */
const somebody = settingOf("by");

/** Every alarm that this page has heard of: those that stand, the most urgent first, then those that are over; and the rules. */
export function AlertsPage() {
  const { standing, all, problem } = session.alerts;
  const over = all.value.filter(({ state }) => state === "cleared").sort((a, b) => (b.endMs ?? 0) - (a.endMs ?? 0));
  return (
    <div class="alerts-page">
      <div class="alerts">
        {problem.value !== undefined && <p class="problem">Of streams that are not shown nothing is told: {problem.value}</p>}
        <h2>
          Now
          <label class="by">
            I am
            <input maxLength={100} placeholder="somebody" defaultValue={somebody.value ?? ""} onChange={(event) => keepSetting("by", event.currentTarget.value || undefined)} />
          </label>
        </h2>
        {standing.value.length === 0 && <p class="none">No alarm stands.</p>}
        <ul data-testid="standing">
          {standing.value.slice(0, SHOWN).map((alert) => (
            <Standing key={alert.fingerprint} alert={alert} />
          ))}
        </ul>
        {standing.value.length > SHOWN && <p class="none">and {standing.value.length - SHOWN} more</p>}
        <h2>Over</h2>
        {over.length === 0 && <p class="none">None since this page was opened.</p>}
        <ul data-testid="over" class="over">
          {over.map((alert) => (
            <Over key={alert.fingerprint} alert={alert} />
          ))}
        </ul>
      </div>
      <RulesPanel />
    </div>
  );
}

function Standing({ alert }: { readonly alert: KnownAlert }) {
  const problem = useSignal<string | undefined>(undefined);
  const see = async (): Promise<void> => {
    try {
      await acknowledge(alert.fingerprint, somebody.value ?? "");
      problem.value = undefined;
    } catch (error) {
      problem.value = reasonOf(error);
    }
  };
  const isSeen = alert.state === "acknowledged";
  return (
    <li data-alert={alert.name} data-state={alert.state} data-chosen={alert.fingerprint === chosen.value}>
      <AlarmChip alert={alert} />
      <Where alert={alert} />
      <span class="evidence">
        {alert.evidence}
        {problem.value !== undefined && (
          <span class="problem" role="alert">
            {" "}
            {problem.value}
          </span>
        )}
      </span>
      <time>since {clockText(alert.startMs)}</time>
      {isSeen ? (
        <span class="seen">seen by {alert.acknowledgedBy || "somebody"}</span>
      ) : (
        <button type="button" data-testid="acknowledge" aria-label={`Acknowledge ${alarmName(alert)} of ${labelOf(alert.stream)}`} onClick={() => void see()}>
          Acknowledge
        </button>
      )}
    </li>
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
      {alert.acknowledgedBy !== undefined && <span class="seen">seen by {alert.acknowledgedBy || "somebody"}</span>}
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
