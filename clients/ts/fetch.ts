import { Unreachable } from "./problem";
import type { Answer, Call, Transport, Upload } from "./transport";

/** By fetch, in browsers and Node; it cannot tell how far an upload has come. */
export function fetchTransport(use: typeof fetch = fetch): Transport<Blob> {
  const ask = async (url: string, init: RequestInit, timeoutMs: number): Promise<Answer> => {
    try {
      const found = await use(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
      const headers: Record<string, string> = {};
      found.headers.forEach((value, name) => {
        headers[name] = value;
      });
      return { status: found.status, headers, text: await found.text() };
    } catch (failed) {
      throw new Unreachable(String(failed));
    }
  };
  return {
    send: (call: Call) =>
      ask(
        call.url,
        { method: call.method.toUpperCase(), headers: call.headers, ...(call.body === undefined ? {} : { body: call.body }) },
        call.timeoutMs,
      ),
    upload: (upload: Upload<Blob>) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(upload.form)) body.append(name, value);
      body.append("file", upload.file, "photo.jpg");
      return ask(upload.url, { method: "POST", headers: upload.headers, body }, upload.timeoutMs);
    },
  };
}
