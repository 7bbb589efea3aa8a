import { useSignal } from "@preact/signals";
import { HTTP_VERSIONS, PROBES, removeTarget, type TargetDefinition, writeTarget } from "../../session/targets";
import { EditDialog, NumberField } from "../shell/EditDialog";
import { textsIn } from "../shell/form";
import { freeId } from "../shell/ids";

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
  /** Ids that are taken. */
  readonly taken: readonly string[];
  readonly onClose: (isChanged: boolean) => void;
}

/** Adds, changes or removes a target. */
export function TargetDialog({ id, target, taken, onClose }: Props) {
  const probe = useSignal(target?.probe ?? PROBES[0]);
  const save = (form: HTMLFormElement) => {
    const wanted = targetIn(form);
    // What the form does not show stays as it is.
    const kept = target?.payloadBytes === undefined ? {} : { payloadBytes: target.payloadBytes };
    return writeTarget(id ?? freeId(wanted.label || wanted.address, taken, "target"), { ...kept, ...wanted });
  };
  return (
    <EditDialog
      name="target"
      title={id === undefined ? "Probe another target" : `Target ${id}`}
      isNew={id === undefined}
      save={save}
      remove={id === undefined ? undefined : () => removeTarget(id)}
      onClose={onClose}
    >
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
          <select name="httpVersion">
            <option value="">2 or 1.1</option>
            {HTTP_VERSIONS.map((name) => (
              <option key={name} selected={name === target?.httpVersion}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <NumberField name="intervalMs" label="Every" unit="ms" min={250} max={3_600_000} value={target?.intervalMs ?? 500} />
      <NumberField name="timeoutMs" label="Lost after" unit="ms" min={10} max={60_000} value={target?.timeoutMs ?? 1_000} />
    </EditDialog>
  );
}

function targetIn(form: HTMLFormElement): TargetDefinition {
  const text = textsIn(form);
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
