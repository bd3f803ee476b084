// Made by `make client` from the service itself; do not edit.
"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.wxTransport = wxTransport;
const problem_1 = require("./problem");
function wxTransport(wx) {
    return {
        send(call) {
            return new Promise((resolve, reject) => {
                wx.request({
                    url: call.url,
                    method: call.method.toUpperCase(),
                    header: call.headers,
                    timeout: call.timeoutMs,
                    dataType: "text",
                    responseType: "text",
                    ...(call.body === undefined ? {} : { data: call.body }),
                    success: (found) => resolve({ status: found.statusCode, headers: lowered(found.header), text: asText(found.data) }),
                    fail: (failed) => reject(new problem_1.Unreachable(failed.errMsg)),
                });
            });
        },
        upload(upload) {
            return new Promise((resolve, reject) => {
                var _a;
                const task = wx.uploadFile({
                    url: upload.url,
                    filePath: upload.file,
                    name: "file",
                    formData: upload.form,
                    header: upload.headers,
                    timeout: upload.timeoutMs,
                    success: (found) => { var _a; return resolve({ status: found.statusCode, headers: lowered((_a = found.header) !== null && _a !== void 0 ? _a : {}), text: found.data }); },
                    fail: (failed) => reject(new problem_1.Unreachable(failed.errMsg)),
                });
                const told = upload.onProgress;
                if (told)
                    (_a = task === null || task === void 0 ? void 0 : task.onProgressUpdate) === null || _a === void 0 ? void 0 : _a.call(task, (at) => told(at.progress));
            });
        },
    };
}
function lowered(headers) {
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
function asText(data) {
    if (data === undefined || data === null)
        return "";
    return typeof data === "string" ? data : JSON.stringify(data);
}
