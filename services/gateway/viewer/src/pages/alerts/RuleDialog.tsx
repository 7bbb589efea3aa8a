import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Field, type Rule, removeRule, SEVERITIES, writeRule } from "../../session/rules";
import { comparisonsOf, fieldOf, idOf, ruleIn } from "./ruleTexts";

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
  const dialog = useRef<HTMLDialogElement>(null);
  const problem = useSignal<string | undefined>(undefined);
  const path = useSignal(rule?.field ?? "");
  const field = fieldOf(path.value, fields);
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
    const wanted = ruleIn(event.currentTarget as HTMLFormElement, fields);
    void attempt(writeRule(rule?.id ?? idOf(wanted.name || wanted.field, taken), wanted));
  };
  return (
    <dialog ref={dialog} class="picker limits-dialog rule-dialog" aria-label="Rule" onClose={() => onClose(false)}>
      <form onSubmit={save} data-testid="rule-form">
        <h3>{rule === undefined ? "Another rule" : `Rule ${rule.id}`}</h3>
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
        </label>
        <label class="pair">
          Alert if it is
          <select name="compare" key={field?.kind} defaultValue={rule?.compare}>
            {comparisonsOf(field?.kind).map((compare) => (
              <option key={compare} selected={compare === rule?.compare}>
                {compare}
              </option>
            ))}
          </select>
          <Threshold field={field} rule={rule} />
          {field?.unit}
        </label>
        <Seconds name="forS" label="for" min={0} max={86_400} value={rule?.forS ?? 0} />
        {(field === undefined || field.kind === "number") && (
          <label>
            Over at
            <input name="clear" type="number" step="any" placeholder="the threshold" defaultValue={rule?.clear ?? ""} />
            {field?.unit}
          </label>
        )}
        <Seconds name="noDataS" label="or with no value for" min={5} max={3_000} value={rule?.noDataS ?? 300} />
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
        {problem.value !== undefined && (
          <p class="problem" role="alert" data-testid="rule-problem">
            {problem.value}
          </p>
        )}
        <p>
          <button type="submit">{rule === undefined ? "Add" : "Change"}</button>
          {rule !== undefined && !rule.builtIn && (
            <button type="button" data-testid="remove-rule" onClick={() => void attempt(removeRule(rule.id))}>
              Remove
            </button>
          )}
          <button type="button" onClick={() => onClose(false)}>
            Close
          </button>
        </p>
        <datalist id="rule-fields">
          {fields.map(({ field }) => (
            <option key={field} value={field} />
          ))}
        </datalist>
        <datalist id="rule-streams">
          {streams.map((stream) => (
            <option key={stream} value={stream} />
          ))}
        </datalist>
      </form>
    </dialog>
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

interface SecondsProps {
  readonly name: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
}

const Seconds = ({ name, label, min, max, value }: SecondsProps) => (
  <label>
    {label}
    <input name={name} type="number" required min={min} max={max} step="any" defaultValue={String(value)} />s
  </label>
);
