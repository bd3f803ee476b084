// Made by `make client` from the service itself; do not edit.
"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.fetchTransport = fetchTransport;
const problem_1 = require("./problem");
function fetchTransport(use = fetch) {
    const ask = async (url, init, timeoutMs) => {
        try {
            const found = await use(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
            const headers = {};
            found.headers.forEach((value, name) => {
                headers[name] = value;
            });
            return { status: found.status, headers, text: await found.text() };
        }
        catch (failed) {
            throw new problem_1.Unreachable(String(failed));
        }
    };
    return {
        send: (call) => ask(call.url, { method: call.method.toUpperCase(), headers: call.headers, ...(call.body === undefined ? {} : { body: call.body }) }, call.timeoutMs),
        upload: (upload) => {
            const body = new FormData();
            for (const [name, value] of Object.entries(upload.form))
                body.append(name, value);
            body.append("file", upload.file, "photo.jpg");
            return ask(upload.url, { method: "POST", headers: upload.headers, body }, upload.timeoutMs);
        },
    };
}
