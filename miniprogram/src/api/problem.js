// Made by `make client` from the service itself; do not edit.
"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Unreachable = exports.ApiProblem = void 0;
const codes_1 = require("./codes");
class ApiProblem extends Error {
    constructor(answer) {
        const said = parsed(answer.text);
        const code = typeof said["code"] === "string" ? said["code"] : unnamed(answer.status);
        super(code);
        this.name = "ApiProblem";
        this.code = code;
        this.status = answer.status;
        this.msg = typeof said["msg"] === "string" ? said["msg"] : codes_1.CODES[unnamed(answer.status)].msg;
        this.errors = Array.isArray(said["errors"]) ? said["errors"] : [];
        this.traceId = typeof said["trace_id"] === "string" ? said["trace_id"] : "";
        this.retryAfter = seconds(answer.headers["retry-after"]);
    }
    is(...codes) {
        return codes.includes(this.code);
    }
    of(field) {
        var _a;
        return (_a = this.errors.find((each) => each.field === field || each.field.endsWith(`.${field}`))) === null || _a === void 0 ? void 0 : _a.msg;
    }
}
exports.ApiProblem = ApiProblem;
class Unreachable extends Error {
    constructor(reason) {
        super(reason);
        this.reason = reason;
        this.msg = "网络不太稳定，请检查网络后再试。";
        this.name = "Unreachable";
    }
}
exports.Unreachable = Unreachable;
function unnamed(status) {
    if (status === 429)
        return "too_many_requests";
    if (status === 413)
        return "payload_too_large";
    return status >= 502 && status <= 504 ? "unavailable" : "internal_error";
}
function parsed(text) {
    try {
        const found = JSON.parse(text);
        return typeof found === "object" && found !== null ? found : {};
    }
    catch (_a) {
        return {};
    }
}
function seconds(value) {
    const found = value === undefined ? Number.NaN : Number(value);
    return Number.isFinite(found) && found >= 0 ? found : null;
}
