import { type Signal, signal } from "@preact/signals";
import { readSystemState, type SystemState } from "../wire/systemState";
import { ask, reasonOf } from "./ask";

const EVERY_MS = 1_000;

/** The gateway's view of the system, asked for again and again while somebody looks. */
export class SystemWatch {
  /** The last answer; undefined before the first. */
  readonly state: Signal<SystemState | undefined> = signal(undefined);
  /** Undefined while the gateway answers. */
  readonly problem: Signal<string | undefined> = signal(undefined);

  /** Begins, and gives what ends it. */
  readonly follow = (): (() => void) => {
    const stop = new AbortController();
    void this.#keepReading(stop.signal);
    return () => stop.abort();
  };

  async #keepReading(stop: AbortSignal): Promise<void> {
    if (stop.aborted) return;
    if (!document.hidden) await this.#read(stop);
    setTimeout(() => void this.#keepReading(stop), EVERY_MS);
  }

  async #read(stop: AbortSignal): Promise<void> {
    try {
      const state = readSystemState(await ask("system", { signal: stop }));
      if (!state) throw new Error("the answer is none");
      this.state.value = state;
      this.problem.value = undefined;
    } catch (error) {
      if (!stop.aborted) this.problem.value = reasonOf(error);
    }
  }
}
