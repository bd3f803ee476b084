// Made by `make client` from the service itself; do not edit.
"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.wxTransport = exports.Unreachable = exports.ApiProblem = exports.fetchTransport = exports.CODES = exports.Client = void 0;
var client_1 = require("./client");
Object.defineProperty(exports, "Client", { enumerable: true, get: function () { return client_1.Client; } });
var codes_1 = require("./codes");
Object.defineProperty(exports, "CODES", { enumerable: true, get: function () { return codes_1.CODES; } });
var fetch_1 = require("./fetch");
Object.defineProperty(exports, "fetchTransport", { enumerable: true, get: function () { return fetch_1.fetchTransport; } });
var problem_1 = require("./problem");
Object.defineProperty(exports, "ApiProblem", { enumerable: true, get: function () { return problem_1.ApiProblem; } });
Object.defineProperty(exports, "Unreachable", { enumerable: true, get: function () { return problem_1.Unreachable; } });
var wx_1 = require("./wx");
Object.defineProperty(exports, "wxTransport", { enumerable: true, get: function () { return wx_1.wxTransport; } });
