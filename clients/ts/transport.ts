/** How a request travels. Nothing here knows where it runs: wx.ts and fetch.ts are the two ways there are. */

export type Method = "get" | "put" | "post" | "patch" | "delete";

export interface Call {
  method: Method;
  url: string;
  headers: Record<string, string>;
  /** JSON, or nothing. */
  body?: string;
  timeoutMs: number;
}

export interface Upload<File> {
  url: string;
  headers: Record<string, string>;
  file: File;
  form: Record<string, string>;
  timeoutMs: number;
  /** Percent that have left, where the platform tells. */
  onProgress?: (percent: number) => void;
}

export interface Answer {
  status: number;
  /** By names in lower case. */
  headers: Record<string, string>;
  text: string;
}

/** Rejects with Unreachable when no answer came; an answer of any status is an answer. */
export interface Transport<File> {
  send(call: Call): Promise<Answer>;
  upload(upload: Upload<File>): Promise<Answer>;
}
