// Made by `make client` from the service itself; do not edit.
export * from "../../../clients/ts/codes";
