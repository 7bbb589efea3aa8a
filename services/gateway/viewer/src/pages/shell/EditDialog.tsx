import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { reasonOf } from "../../session/ask";

interface Props {
  /** In class names, test ids and as its label: `rule`. */
  readonly name: string;
  readonly title: string;
  readonly isNew: boolean;
  readonly save: (form: HTMLFormElement) => Promise<unknown>;
  /** Left out for what cannot be removed. */
  readonly remove?: (() => Promise<unknown>) | undefined;
  readonly onClose: (isChanged: boolean) => void;
  /** The form's fields. */
  readonly children: ComponentChildren;
}

/** Adds, changes or removes something that the gateway keeps; it stays open, and says what is wrong, until the gateway agrees. */
export function EditDialog({ name, title, isNew, save, remove, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const problem = useSignal<string | undefined>(undefined);
  useEffect(() => dialog.current?.showModal(), []);
  const attempt = async (ask: Promise<unknown>): Promise<void> => {
    try {
      await ask;
      onClose(true);
    } catch (error) {
      problem.value = reasonOf(error);
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void attempt(save(event.currentTarget as HTMLFormElement));
  };
  return (
    <dialog ref={dialog} class={`picker form-dialog ${name}-dialog`} aria-label={title} onClose={() => onClose(false)}>
      <form onSubmit={submit} data-testid={`${name}-form`}>
        <h3>{title}</h3>
        {children}
        {problem.value !== undefined && (
          <p class="problem" role="alert" data-testid={`${name}-problem`}>
            {problem.value}
          </p>
        )}
        <p>
          <button type="submit">{isNew ? "Add" : "Change"}</button>
          {remove && (
            <button type="button" data-testid={`remove-${name}`} onClick={() => void attempt(remove())}>
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

interface NumberFieldProps {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
}

export const NumberField = ({ name, label, unit, min, max, value }: NumberFieldProps) => (
  <label>
    {label}
    <input name={name} type="number" required min={min} max={max} step="any" defaultValue={String(value)} />
    {unit}
  </label>
);
