import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { reasonOf } from "../../session/ask";
import { type Field, type Rule, readFields, readRules } from "../../session/rules";
import { kindOf } from "../../wire/streamInfo";
import { signs } from "../shell/alarmTexts";
import { catalog, session } from "../shell/app";
import { RuleDialog } from "./RuleDialog";
import { conditionOf } from "./ruleTexts";

/** The rules by which alerts are raised besides the detectors' own. */
export function RulesPanel() {
  const rules = useSignal<readonly Rule[]>([]);
  const fields = useSignal<readonly Field[]>([]);
  const problem = useSignal<string | undefined>(undefined);
  /** An id, "" for a new one; undefined: none. */
  const open = useSignal<string | undefined>(undefined);
  const read = async (): Promise<void> => {
    try {
      [rules.value, fields.value] = await Promise.all([readRules(), readFields()]);
      problem.value = undefined;
    } catch (error) {
      problem.value = reasonOf(error);
    }
  };
  // Whoever changed them meanwhile, after a reconnect they are read anew.
  const isLive = session.state.value.kind === "live";
  useEffect(() => void read(), [isLive]);
  const close = (isChanged: boolean) => {
    open.value = undefined;
    if (isChanged) void read();
  };
  const names = catalog.streams.value.map(({ stream }) => stream);
  const patterns = [...new Set(names.map((name) => `${kindOf(name)}.*`))];
  return (
    <section class="rules" aria-label="Rules">
      <h2>
        Rules
        <button type="button" data-testid="add-rule" onClick={() => (open.value = "")}>
          Add a rule
        </button>
      </h2>
      {problem.value !== undefined && <p class="problem">The rules cannot be read: {problem.value}</p>}
      <ul data-testid="rules">
        {rules.value.map((rule) => (
          <Row key={rule.id} rule={rule} onEdit={() => (open.value = rule.id)} />
        ))}
      </ul>
      {open.value !== undefined && (
        <RuleDialog
          key={open.value}
          rule={rules.value.find(({ id }) => id === open.value)}
          fields={fields.value}
          taken={rules.value.map(({ id }) => id)}
          streams={["*", ...patterns, ...names]}
          onClose={close}
        />
      )}
    </section>
  );
}

function Row({ rule, onEdit }: { readonly rule: Rule; readonly onEdit: () => void }) {
  const sign = signs[rule.severity as keyof typeof signs] ?? "";
  return (
    <li data-rule={rule.id} data-enabled={rule.enabled}>
      <b>
        <span aria-label={`${rule.severity} priority`}>{sign}</span> {rule.name}
      </b>
      <button type="button" aria-label={`Edit the rule ${rule.name}`} onClick={onEdit}>
        Edit
      </button>
      <span class="condition" title={rule.field}>
        {rule.stream}: {conditionOf(rule)}
      </span>
      <small>
        {!rule.enabled && "turned off"}
        {rule.builtIn && "built in"}
      </small>
    </li>
  );
}
