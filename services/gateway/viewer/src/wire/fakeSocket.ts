import type { Socket } from "./connection";

/** A WebSocket whose other end is the test. */
export class FakeSocket implements Socket {
  binaryType: BinaryType = "blob";
  readyState = 0;
  closed = false;
  readonly sent: string[] = [];
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;

  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    this.sent.push(String(data));
  }

  close(): void {
    this.closed = true;
  }

  opens(): void {
    this.readyState = 1;
    this.#call(this.onopen, {});
  }

  says(data: string | ArrayBuffer): void {
    this.#call(this.onmessage, { data });
  }

  closes(code: number, reason = ""): void {
    this.#call(this.onclose, { code, reason });
  }

  // Events of a browser cannot be made in node; the connection reads these fields only.
  #call(handler: ((this: WebSocket, event: never) => unknown) | null, event: object): void {
    handler?.call(this as unknown as WebSocket, event as never);
  }
}
