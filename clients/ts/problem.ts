import { CODES } from "./codes";
import type { Code } from "./codes";
import type { components } from "./schema";
import type { Answer } from "./transport";

export type FieldProblem = components["schemas"]["FieldProblem"];

/** The service said no. `msg` is fit to show; `code` is one of the catalogue, or of a newer service. */
export class ApiProblem extends Error {
  readonly code: Code | (string & {});
  readonly status: number;
  readonly msg: string;
  readonly errors: readonly FieldProblem[];
  readonly traceId: string;
  /** Seconds, where the service says when to come again. */
  readonly retryAfter: number | null;

  constructor(answer: Answer) {
    const said = parsed(answer.text);
    const code = typeof said["code"] === "string" ? said["code"] : unnamed(answer.status);
    super(code);
    this.name = "ApiProblem";
    this.code = code;
    this.status = answer.status;
    this.msg = typeof said["msg"] === "string" ? said["msg"] : CODES[unnamed(answer.status)].msg;
    this.errors = Array.isArray(said["errors"]) ? (said["errors"] as FieldProblem[]) : [];
    this.traceId = typeof said["trace_id"] === "string" ? said["trace_id"] : "";
    this.retryAfter = seconds(answer.headers["retry-after"]);
  }

  is(...codes: Code[]): boolean {
    return (codes as string[]).includes(this.code);
  }

  /** What is wrong with one field, by the end of its place: "contact.phone" of "body.contact.phone". */
  of(field: string): string | undefined {
    return this.errors.find((each) => each.field === field || each.field.endsWith(`.${field}`))?.msg;
  }
}

/** No answer came, so nobody knows whether it was done. */
export class Unreachable extends Error {
  readonly msg = "网络不太稳定，请检查网络后再试。";
  constructor(readonly reason: string) {
    super(reason);
    this.name = "Unreachable";
  }
}

/** A gateway answers in its own words; then only the status speaks. */
function unnamed(status: number): Code {
  if (status === 429) return "too_many_requests";
  if (status === 413) return "payload_too_large";
  return status >= 502 && status <= 504 ? "unavailable" : "internal_error";
}

function parsed(text: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function seconds(value: string | undefined): number | null {
  const found = value === undefined ? Number.NaN : Number(value);
  return Number.isFinite(found) && found >= 0 ? found : null;
}
