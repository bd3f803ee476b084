import { Unreachable } from "./problem";
import type { Answer, Call, Transport, Upload } from "./transport";

interface Failed {
  errMsg: string;
}

/** What of the mini-program's `wx` is used. Headers come as they were sent, so their case cannot be relied on. */
export interface Wx {
  request(options: {
    url: string;
    method: string;
    data?: string;
    header: Record<string, string>;
    timeout: number;
    dataType: string;
    responseType: string;
    success: (answer: { statusCode: number; header: Record<string, string>; data: unknown }) => void;
    fail: (failed: Failed) => void;
  }): unknown;
  uploadFile(options: {
    url: string;
    filePath: string;
    name: string;
    formData: Record<string, string>;
    header: Record<string, string>;
    timeout: number;
    success: (answer: { statusCode: number; data: string; header?: Record<string, string> }) => void;
    fail: (failed: Failed) => void;
  }): { onProgressUpdate?: (told: (at: { progress: number }) => void) => void } | undefined;
}

/** By wx.request and wx.uploadFile; a file is a path that WeChat gave. PATCH is not among the methods of wx. */
export function wxTransport(wx: Wx): Transport<string> {
  return {
    send(call: Call): Promise<Answer> {
      return new Promise((resolve, reject) => {
        wx.request({
          url: call.url,
          method: call.method.toUpperCase(),
          header: call.headers,
          timeout: call.timeoutMs,
          // Otherwise wx parses the answer by itself, and an answer that is none becomes text without a word.
          dataType: "text",
          responseType: "text",
          ...(call.body === undefined ? {} : { data: call.body }),
          success: (found) =>
            resolve({ status: found.statusCode, headers: lowered(found.header), text: asText(found.data) }),
          fail: (failed) => reject(new Unreachable(failed.errMsg)),
        });
      });
    },
    upload(upload: Upload<string>): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const task = wx.uploadFile({
          url: upload.url,
          filePath: upload.file,
          name: "file",
          formData: upload.form,
          header: upload.headers,
          timeout: upload.timeoutMs,
          success: (found) =>
            resolve({ status: found.statusCode, headers: lowered(found.header ?? {}), text: found.data }),
          fail: (failed) => reject(new Unreachable(failed.errMsg)),
        });
        const told = upload.onProgress;
        if (told) task?.onProgressUpdate?.((at) => told(at.progress));
      });
    },
  };
}

function lowered(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function asText(data: unknown): string {
  if (data === undefined || data === null) return "";
  return typeof data === "string" ? data : JSON.stringify(data);
}
