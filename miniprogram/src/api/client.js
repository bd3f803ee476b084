// Made by `make client` from the service itself; do not edit.
"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Client = void 0;
const codes_1 = require("./codes");
const problem_1 = require("./problem");
const UPLOADS = "/api/v1/attachments";
const FIRST_WAIT_MS = 400;
class Client {
    constructor(settings) {
        this.renewing = null;
        this.base = settings.base;
        this.settings = settings;
    }
    get(path, ...rest) {
        return this.call("get", path, rest[0]);
    }
    post(path, ...rest) {
        return this.call("post", path, rest[0]);
    }
    put(path, ...rest) {
        return this.call("put", path, rest[0]);
    }
    patch(path, ...rest) {
        return this.call("patch", path, rest[0]);
    }
    delete(path, ...rest) {
        return this.call("delete", path, rest[0]);
    }
    async upload(options) {
        var _a;
        const key = (_a = options.key) !== null && _a !== void 0 ? _a : this.newKey();
        const answer = await this.deliver({
            repeatable: true,
            anonymous: false,
            send: (headers) => { var _a, _b; return this.settings.transport.upload({
                url: this.base + UPLOADS,
                headers: { ...headers, "Idempotency-Key": key },
                file: options.file,
                form: filled((_a = options.form) !== null && _a !== void 0 ? _a : {}),
                timeoutMs: (_b = this.settings.uploadTimeoutMs) !== null && _b !== void 0 ? _b : 60000,
                ...(options.onProgress ? { onProgress: options.onProgress } : {}),
            }); },
        });
        return JSON.parse(answer.text);
    }
    newKey() {
        var _a;
        const random = (_a = this.settings.random) !== null && _a !== void 0 ? _a : Math.random;
        return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("");
    }
    async call(method, template, given) {
        var _a, _b, _c;
        const options = (given !== null && given !== void 0 ? given : {});
        const keyed = method === "post" && codes_1.KEYED.has(template);
        const own = keyed ? { "Idempotency-Key": (_a = options.key) !== null && _a !== void 0 ? _a : this.newKey() } : {};
        const body = options.body === undefined ? undefined : JSON.stringify(options.body);
        if (body !== undefined)
            own["Content-Type"] = "application/json";
        const answer = await this.deliver({
            repeatable: keyed || method === "get" || method === "put" || method === "delete",
            anonymous: (_b = options.anonymous) !== null && _b !== void 0 ? _b : false,
            send: (headers) => { var _a, _b, _c; return this.settings.transport.send({
                method,
                url: this.base + address(template, (_a = options.path) !== null && _a !== void 0 ? _a : {}, (_b = options.query) !== null && _b !== void 0 ? _b : {}),
                headers: { ...headers, ...own },
                timeoutMs: (_c = this.settings.timeoutMs) !== null && _c !== void 0 ? _c : 10000,
                ...(body === undefined ? {} : { body }),
            }); },
        });
        const json = ((_c = answer.headers["content-type"]) !== null && _c !== void 0 ? _c : "").includes("json") && answer.text !== "";
        return (json ? JSON.parse(answer.text) : undefined);
    }
    async deliver(sending) {
        var _a;
        const { renew, token } = this.settings;
        let renewed = !sending.anonymous && renew !== undefined && (token === null || token === void 0 ? void 0 : token()) === null;
        if (renewed)
            await this.renewOnce();
        for (let attempt = 1;; attempt += 1) {
            const failed = await this.attempt(sending);
            if (!(failed instanceof Error))
                return failed;
            if (!renewed && !sending.anonymous && renew !== undefined && refused(failed)) {
                renewed = true;
                await this.renewOnce();
                continue;
            }
            const wait = this.waitAfter(failed, attempt, sending.repeatable);
            if (wait === null)
                throw failed;
            await ((_a = this.settings.sleep) !== null && _a !== void 0 ? _a : pause)(wait);
        }
    }
    async attempt(sending) {
        var _a, _b;
        var _c;
        const token = sending.anonymous ? null : ((_c = (_b = (_a = this.settings).token) === null || _b === void 0 ? void 0 : _b.call(_a)) !== null && _c !== void 0 ? _c : null);
        const headers = { Accept: "application/json" };
        if (token !== null)
            headers["Authorization"] = `Bearer ${token}`;
        try {
            const answer = await sending.send(headers);
            return answer.status < 300 ? answer : new problem_1.ApiProblem(answer);
        }
        catch (failed) {
            return failed instanceof problem_1.Unreachable ? failed : new problem_1.Unreachable(String(failed));
        }
    }
    waitAfter(failed, attempt, repeatable) {
        var _a, _b, _c, _d;
        if (attempt >= ((_a = this.settings.attempts) !== null && _a !== void 0 ? _a : 4))
            return null;
        const patience = (_b = this.settings.patienceMs) !== null && _b !== void 0 ? _b : 8000;
        const random = (_c = this.settings.random) !== null && _c !== void 0 ? _c : Math.random;
        const backOff = FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + random());
        if (failed instanceof problem_1.Unreachable)
            return repeatable ? Math.min(backOff, patience) : null;
        const again = failed.status === 429 || (repeatable && failed.status >= 502 && failed.status <= 504);
        if (!again)
            return null;
        const wait = Math.max(backOff, ((_d = failed.retryAfter) !== null && _d !== void 0 ? _d : 0) * 1000);
        return wait > patience ? null : wait;
    }
    async renewOnce() {
        var _a, _b;
        var _c, _d;
        (_c = this.renewing) !== null && _c !== void 0 ? _c : (this.renewing = ((_d = (_b = (_a = this.settings).renew) === null || _b === void 0 ? void 0 : _b.call(_a)) !== null && _d !== void 0 ? _d : Promise.resolve()).finally(() => {
            this.renewing = null;
        }));
        await this.renewing;
    }
}
exports.Client = Client;
function refused(failed) {
    return failed instanceof problem_1.ApiProblem && failed.is("unauthenticated");
}
function address(template, path, query) {
    const filledIn = template.replace(/{(\w+)}/g, (_, name) => encodeURIComponent(String(path[name])));
    const asked = Object.entries(query)
        .filter(([, value]) => value !== undefined && value !== null)
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
    return asked.length ? `${filledIn}?${asked.join("&")}` : filledIn;
}
function filled(form) {
    const present = Object.entries(form).filter(([, value]) => value !== undefined && value !== "");
    return Object.fromEntries(present.map(([name, value]) => [name, String(value)]));
}
function pause(ms) {
    return new Promise((resolve) => setTimeout(resolve, ms));
}
