import { useSignal } from "@preact/signals";
import { type Field, type Rule, removeRule, SEVERITIES, writeRule } from "../../session/rules";
import { EditDialog, NumberField } from "../shell/EditDialog";
import { freeId } from "../shell/ids";
import { comparisonsOf, fieldOf, ruleIn } from "./ruleTexts";

interface Props {
  /** Undefined: a new one. */
  readonly rule: Rule | undefined;
  readonly fields: readonly Field[];
  /** Ids that are taken. */
  readonly taken: readonly string[];
  /** Streams and patterns to choose from; others may be written. */
  readonly streams: readonly string[];
  readonly onClose: (isChanged: boolean) => void;
}

/** Adds, changes or removes a rule. What is wrong with it the gateway says. */
export function RuleDialog({ rule, fields, taken, streams, onClose }: Props) {
  const path = useSignal(rule?.field ?? "");
  const field = fieldOf(path.value, fields);
  const save = (form: HTMLFormElement) => {
    const wanted = ruleIn(form, fields);
    return writeRule(rule?.id ?? freeId(wanted.name || wanted.field, taken, "rule"), wanted);
  };
  return (
    <EditDialog
      name="rule"
      title={rule === undefined ? "Another rule" : `Rule ${rule.id}`}
      isNew={rule === undefined}
      save={save}
      remove={rule && !rule.builtIn ? () => removeRule(rule.id) : undefined}
      onClose={onClose}
    >
      <label>
        Name
        <input name="name" maxLength={100} defaultValue={rule?.name ?? ""} />
      </label>
      <label>
        Streams
        <input name="stream" required list="rule-streams" maxLength={130} defaultValue={rule?.stream ?? "*"} />
      </label>
      <label>
        Field
        <input
          name="field"
          required
          list="rule-fields"
          maxLength={200}
          placeholder="heart_rate.bpm"
          defaultValue={path.value}
          onInput={(event) => (path.value = event.currentTarget.value.trim())}
        />
        {field && <small data-testid="field-label">{field.label}</small>}
      </label>
      <label class="pair">
        Alert if it is
        <select name="compare" key={field?.kind}>
          {comparisonsOf(field?.kind).map((compare) => (
            <option key={compare} selected={compare === rule?.compare}>
              {compare}
            </option>
          ))}
        </select>
        <Threshold field={field} rule={rule} />
        {field?.unit}
      </label>
      <NumberField name="forS" label="for" unit="s" min={0} max={86_400} value={rule?.forS ?? 0} />
      {(field === undefined || field.kind === "number") && (
        <label>
          Over at
          <input name="clear" type="number" step="any" placeholder="the threshold" defaultValue={rule?.clear ?? ""} />
          {field?.unit}
        </label>
      )}
      <NumberField name="noDataS" label="or with no value for" unit="s" min={5} max={3_000} value={rule?.noDataS ?? 300} />
      <label>
        Severity
        <select name="severity">
          {SEVERITIES.map((severity) => (
            <option key={severity} selected={severity === (rule?.severity ?? "medium")}>
              {severity}
            </option>
          ))}
        </select>
      </label>
      <label>
        Judged
        <input name="enabled" type="checkbox" defaultChecked={rule?.enabled ?? true} />
      </label>
      <datalist id="rule-fields">
        {fields.map(({ field, label }) => (
          <option key={field} value={field} label={label} />
        ))}
      </datalist>
      <datalist id="rule-streams">
        {streams.map((stream) => (
          <option key={stream} value={stream} />
        ))}
      </datalist>
    </EditDialog>
  );
}

/** A word is chosen, anything else is written. */
function Threshold({ field, rule }: { readonly field: Field | undefined; readonly rule: Rule | undefined }) {
  const words = field?.kind === "boolean" ? ["true", "false"] : (field?.words ?? []);
  const now = rule === undefined ? "" : String(rule.threshold);
  if (words.length === 0) return <input name="threshold" required aria-label="Threshold" defaultValue={now} />;
  return (
    <select name="threshold" aria-label="Threshold" key={field?.field}>
      {words.map((word) => (
        <option key={word} selected={word === now}>
          {word}
        </option>
      ))}
    </select>
  );
}
