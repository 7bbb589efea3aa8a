/** Notifications on the desktop: a switch that remembers. The browser is asked for its permission on a click only. */
import { effect, type Signal, signal } from "@preact/signals";
import { Notices } from "../../session/notices";
import { alarmName, severityWords } from "./alarmTexts";
import { labelOf } from "./AlarmHead";
import { session } from "./app";

const KEY = "signalstream.notify";

export type NotifyState = "impossible" | "off" | "on" | "refused";

export const notifyState: Signal<NotifyState> = signal(stateNow());

/** Insecure pages have none, but those of this machine count as secure. */
function stateNow(): NotifyState {
  if (!("Notification" in globalThis) || !globalThis.isSecureContext) return "impossible";
  if (Notification.permission === "denied") return "refused";
  return Notification.permission === "granted" && remembered() ? "on" : "off";
}

function remembered(): boolean {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
}

function remember(isOn: boolean): void {
  try {
    localStorage.setItem(KEY, isOn ? "on" : "off");
  } catch {
    // A browser that remembers nothing: then for this page only.
  }
}

/** On a click. */
export async function toggleNotifications(): Promise<void> {
  const isWanted = notifyState.value !== "on";
  if (isWanted && Notification.permission === "default") await Notification.requestPermission();
  remember(isWanted);
  notifyState.value = isWanted && Notification.permission === "granted" ? "on" : stateNow();
}

/** Tells critical alerts as they come; what comes while they are off is not told later. */
export function startNotifications(): void {
  const notices = new Notices(session.gatewayNow());
  effect(() => {
    const due = notices.next(session.alerts.all.value);
    if (notifyState.peek() !== "on") return;
    for (const alert of due) {
      const title = `${alarmName(alert)}: ${labelOf(alert.stream)}`;
      const notification = new Notification(title, { body: `${alert.evidence} (${severityWords[alert.severity]})`, tag: alert.fingerprint });
      notification.onclick = () => {
        focus();
        location.hash = "#/alerts";
      };
    }
  });
}
