import { KEYED } from "./codes";
import { ApiProblem, Unreachable } from "./problem";
import type { paths } from "./schema";
import type { Answer, Method, Transport } from "./transport";
import type { PathsOf, Rest, Result, Schemas } from "./types";

export interface Settings<File> {
  /** Scheme and host, without a slash at the end. */
  base: string;
  transport: Transport<File>;
  /** The present bearer token; null when nobody is signed in. */
  token?: () => string | null;
  /** Signs in anew. It is asked once, however many requests were refused at the same moment. */
  renew?: () => Promise<unknown>;
  timeoutMs?: number;
  uploadTimeoutMs?: number;
  /** How often a request is sent at most, and for how long it is worth waiting in between. */
  attempts?: number;
  patienceMs?: number;
  sleep?: (ms: number) => Promise<void>;
  random?: () => number;
}

export interface PhotoForm {
  ticket?: string;
  purpose?: Schemas["Body_upload_photo"]["purpose"];
  caption?: string;
}

export interface UploadOptions<File> {
  file: File;
  form?: PhotoForm;
  key?: string;
  onProgress?: (percent: number) => void;
}

interface Loose {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  key?: string;
  anonymous?: boolean;
}

interface Sending {
  /** May it be sent again when nobody knows whether it was carried out? */
  repeatable: boolean;
  anonymous: boolean;
  send: (headers: Record<string, string>) => Promise<Answer>;
}

const UPLOADS = "/api/v1/attachments";
const FIRST_WAIT_MS = 400;

/**
 * A typed way to the API: errors are ApiProblem or Unreachable, nothing else is thrown.
 *
 * A request that failed on its way is sent again where that can do no harm: reading, putting, deleting, and
 * a POST whose key the service remembers. 429 and 503 wait as long as the service asks, if that is worth waiting for.
 */
export class Client<File> {
  private readonly base: string;
  private readonly settings: Settings<File>;
  private renewing: Promise<unknown> | null = null;

  constructor(settings: Settings<File>) {
    this.base = settings.base;
    this.settings = settings;
  }

  get<P extends PathsOf<"get">>(path: P, ...rest: Rest<"get", P>): Promise<Result<"get", P>> {
    return this.call("get", path, rest[0]);
  }

  post<P extends PathsOf<"post">>(path: P, ...rest: Rest<"post", P>): Promise<Result<"post", P>> {
    return this.call("post", path, rest[0]);
  }

  put<P extends PathsOf<"put">>(path: P, ...rest: Rest<"put", P>): Promise<Result<"put", P>> {
    return this.call("put", path, rest[0]);
  }

  patch<P extends PathsOf<"patch">>(path: P, ...rest: Rest<"patch", P>): Promise<Result<"patch", P>> {
    return this.call("patch", path, rest[0]);
  }

  delete<P extends PathsOf<"delete">>(path: P, ...rest: Rest<"delete", P>): Promise<Result<"delete", P>> {
    return this.call("delete", path, rest[0]);
  }

  /** One photo. Sent again by itself like any other request: its key makes it one photo all the same. */
  async upload(options: UploadOptions<File>): Promise<Schemas["UploadedOut"]> {
    const key = options.key ?? this.newKey();
    const answer = await this.deliver({
      repeatable: true,
      anonymous: false,
      send: (headers) =>
        this.settings.transport.upload({
          url: this.base + UPLOADS,
          headers: { ...headers, "Idempotency-Key": key },
          file: options.file,
          form: filled(options.form ?? {}),
          timeoutMs: this.settings.uploadTimeoutMs ?? 60_000,
          ...(options.onProgress ? { onProgress: options.onProgress } : {}),
        }),
    });
    return JSON.parse(answer.text) as Schemas["UploadedOut"];
  }

  /** For what has to have one effect over several taps, or after the program was closed in between. */
  newKey(): string {
    const random = this.settings.random ?? Math.random;
    return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("");
  }

  private async call<M extends Method, P extends keyof paths & string>(
    method: M,
    template: P,
    given: unknown,
  ): Promise<Result<M, P>> {
    const options = (given ?? {}) as Loose;
    const keyed = method === "post" && KEYED.has(template);
    const own: Record<string, string> = keyed ? { "Idempotency-Key": options.key ?? this.newKey() } : {};
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    if (body !== undefined) own["Content-Type"] = "application/json";
    const answer = await this.deliver({
      repeatable: keyed || method === "get" || method === "put" || method === "delete",
      anonymous: options.anonymous ?? false,
      send: (headers) =>
        this.settings.transport.send({
          method,
          url: this.base + address(template, options.path ?? {}, options.query ?? {}),
          headers: { ...headers, ...own },
          timeoutMs: this.settings.timeoutMs ?? 10_000,
          ...(body === undefined ? {} : { body }),
        }),
    });
    const json = (answer.headers["content-type"] ?? "").includes("json") && answer.text !== "";
    return (json ? JSON.parse(answer.text) : undefined) as Result<M, P>;
  }

  private async deliver(sending: Sending): Promise<Answer> {
    const { renew, token } = this.settings;
    // Whoever is not signed in yet need not be refused first.
    let renewed = !sending.anonymous && renew !== undefined && token?.() === null;
    if (renewed) await this.renewOnce();
    for (let attempt = 1; ; attempt += 1) {
      const failed = await this.attempt(sending);
      if (!(failed instanceof Error)) return failed;
      if (!renewed && !sending.anonymous && renew !== undefined && refused(failed)) {
        renewed = true;
        await this.renewOnce();
        continue;
      }
      const wait = this.waitAfter(failed, attempt, sending.repeatable);
      if (wait === null) throw failed;
      await (this.settings.sleep ?? pause)(wait);
    }
  }

  private async attempt(sending: Sending): Promise<Answer | ApiProblem | Unreachable> {
    const token = sending.anonymous ? null : (this.settings.token?.() ?? null);
    const headers: Record<string, string> = { Accept: "application/json" };
    if (token !== null) headers["Authorization"] = `Bearer ${token}`;
    try {
      const answer = await sending.send(headers);
      return answer.status < 300 ? answer : new ApiProblem(answer);
    } catch (failed) {
      return failed instanceof Unreachable ? failed : new Unreachable(String(failed));
    }
  }

  /** Milliseconds until it is sent again; null when it is not. */
  private waitAfter(failed: ApiProblem | Unreachable, attempt: number, repeatable: boolean): number | null {
    if (attempt >= (this.settings.attempts ?? 4)) return null;
    const patience = this.settings.patienceMs ?? 8_000;
    const random = this.settings.random ?? Math.random;
    const backOff = FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + random());
    if (failed instanceof Unreachable) return repeatable ? Math.min(backOff, patience) : null;
    // A 429 was turned away at the door; a 503 may have come after the work was done.
    const again = failed.status === 429 || (repeatable && failed.status >= 502 && failed.status <= 504);
    if (!again) return null;
    const wait = Math.max(backOff, (failed.retryAfter ?? 0) * 1000);
    return wait > patience ? null : wait;
  }

  private async renewOnce(): Promise<void> {
    this.renewing ??= (this.settings.renew?.() ?? Promise.resolve()).finally(() => {
      this.renewing = null;
    });
    await this.renewing;
  }
}

function refused(failed: ApiProblem | Unreachable): boolean {
  return failed instanceof ApiProblem && failed.is("unauthenticated");
}

function address(template: string, path: Record<string, unknown>, query: Record<string, unknown>): string {
  const filledIn = template.replace(/{(\w+)}/g, (_, name: string) => encodeURIComponent(String(path[name])));
  const asked = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return asked.length ? `${filledIn}?${asked.join("&")}` : filledIn;
}

function filled(form: PhotoForm): Record<string, string> {
  const present = Object.entries(form).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(present.map(([name, value]) => [name, String(value)]));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
