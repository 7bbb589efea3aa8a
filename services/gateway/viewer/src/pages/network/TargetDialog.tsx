import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { HTTP_VERSIONS, PROBES, removeTarget, type TargetDefinition, writeTarget } from "../../session/targets";
import { idOf } from "./lines";

const FORMS: Readonly<Record<string, string>> = {
  tcp: "host:port",
  udp: "host:port",
  icmp: "host",
  http: "https://host/path",
  dns: "server/name",
};

interface Props {
  /** Undefined: a new one. */
  readonly id: string | undefined;
  readonly target: TargetDefinition | undefined;
  readonly onClose: (isChanged: boolean) => void;
}

/** Adds, changes or removes a target. */
export function TargetDialog({ id, target, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const problem = useSignal<string | undefined>(undefined);
  const probe = useSignal(target?.probe ?? PROBES[0]);
  useEffect(() => dialog.current?.showModal(), []);
  const attempt = async (ask: Promise<unknown>): Promise<void> => {
    try {
      await ask;
      onClose(true);
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = targetIn(event.currentTarget as HTMLFormElement);
    // What the form does not show stays as it is.
    const kept = target?.payloadBytes === undefined ? {} : { payloadBytes: target.payloadBytes };
    void attempt(writeTarget(id ?? idOf(wanted.label || wanted.address), { ...kept, ...wanted }));
  };
  return (
    <dialog ref={dialog} class="picker limits-dialog target-dialog" aria-label="Target" onClose={() => onClose(false)}>
      <form onSubmit={save} data-testid="target-form">
        <h3>{id === undefined ? "Probe another target" : `Target ${id}`}</h3>
        <label>
          Name
          <input name="label" maxLength={64} defaultValue={target?.label ?? ""} />
        </label>
        <label>
          Region
          <input name="region" maxLength={64} defaultValue={target?.region ?? ""} />
        </label>
        <label>
          Probe
          <select name="probe" value={probe.value} onChange={(event) => (probe.value = event.currentTarget.value)}>
            {PROBES.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          Address
          <input name="address" required maxLength={200} placeholder={FORMS[probe.value]} defaultValue={target?.address ?? ""} />
        </label>
        {probe.value === "http" && (
          <label>
            HTTP
            <select name="httpVersion" defaultValue={target?.httpVersion ?? ""}>
              <option value="">2 or 1.1</option>
              {HTTP_VERSIONS.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
        <Milliseconds name="intervalMs" label="Every" min={250} max={3_600_000} value={target?.intervalMs ?? 500} />
        <Milliseconds name="timeoutMs" label="Lost after" min={10} max={60_000} value={target?.timeoutMs ?? 1_000} />
        {problem.value !== undefined && (
          <p class="problem" role="alert" data-testid="target-problem">
            {problem.value}
          </p>
        )}
        <p>
          <button type="submit">{id === undefined ? "Add" : "Change"}</button>
          {id !== undefined && (
            <button type="button" data-testid="remove-target" onClick={() => void attempt(removeTarget(id))}>
              Remove
            </button>
          )}
          <button type="button" onClick={() => onClose(false)}>
            Close
          </button>
        </p>
      </form>
    </dialog>
  );
}

interface MillisecondsProps {
  readonly name: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
}

const Milliseconds = ({ name, label, min, max, value }: MillisecondsProps) => (
  <label>
    {label}
    <input name={name} type="number" required min={min} max={max} step="any" defaultValue={String(value)} />
    ms
  </label>
);

function targetIn(form: HTMLFormElement): TargetDefinition {
  const values = new FormData(form);
  const text = (key: string): string => String(values.get(key) ?? "").trim();
  const label = text("label");
  const httpVersion = text("httpVersion");
  return {
    ...(label !== "" && { label }),
    ...(httpVersion !== "" && { httpVersion }),
    region: text("region"),
    probe: text("probe"),
    address: text("address"),
    intervalMs: Number(text("intervalMs")),
    timeoutMs: Number(text("timeoutMs")),
  };
}
