import { type NotifyState, notifyState, toggleNotifications } from "./notifications";

const titles: Readonly<Record<NotifyState, string>> = {
  impossible: "",
  off: "Tell lost connections and critical alarms on the desktop",
  on: "Lost connections and critical alarms are told on the desktop",
  refused: "The browser does not allow this page notifications: its settings can",
};

export function NotifyButton() {
  const state = notifyState.value;
  if (state === "impossible") return null;
  return (
    <button
      type="button"
      class="notify"
      data-testid="notify"
      aria-pressed={state === "on"}
      disabled={state === "refused"}
      title={titles[state]}
      onClick={() => void toggleNotifications()}
    >
      Notify {state === "refused" ? "refused" : state}
    </button>
  );
}
