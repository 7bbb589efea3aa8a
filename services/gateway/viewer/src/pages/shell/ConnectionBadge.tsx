import type { ConnectionState } from "../../wire/connection";
import { pageNow, session, textClock } from "./app";

/** Whether there is a gateway, and if not, when it is tried next. */
export function ConnectionBadge() {
  const state = session.state.value;
  const isWaiting = state.kind === "reconnecting" || state.kind === "lost";
  return (
    <div class="connection" data-testid="connection" data-state={state.kind} role="status">
      <span class="dot" aria-hidden="true" />
      <span title={isWaiting ? state.reason : undefined}>{connectionText(state)}</span>
      {isWaiting && (
        <button type="button" onClick={() => session.retryNow()}>
          Now
        </button>
      )}
    </div>
  );
}

function connectionText(state: ConnectionState): string {
  switch (state.kind) {
    case "connecting":
      return "connecting";
    case "live":
      return "live";
    case "reconnecting":
      return `${state.reason}: reconnecting in ${secondsUntil(state.retryAtMs)} s`;
    case "lost":
      return `connection lost, next try in ${secondsUntil(state.retryAtMs)} s`;
  }
}

function secondsUntil(moment: number): number {
  // Read so that the text counts down.
  void textClock.value;
  return Math.max(0, Math.ceil((moment - pageNow()) / 1000));
}
