/** What each operation takes and gives, read off the description. */

import type { components, paths } from "./schema";
import type { Method } from "./transport";

export type Schemas = components["schemas"];

/** The paths that know a method. */
export type PathsOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never;
}[keyof paths] &
  string;

type Operation<M extends Method, P extends keyof paths> = M extends keyof paths[P] ? paths[P][M] : never;

type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : undefined;

type Succeeded<R> = R extends { 200: infer A } ? Json<A> : R extends { 201: infer A } ? Json<A> : undefined;

export type Result<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { responses: infer R } ? Succeeded<R> : never;

type Needed<Name extends string, T> = [T] extends [never] | [undefined]
  ? { [K in Name]?: undefined }
  : undefined extends T
    ? { [K in Name]?: T }
    : { [K in Name]: T };

type Parameters<O> = O extends { parameters: infer Given } ? Given : never;
type PathPart<O> = Parameters<O> extends { path: infer T } ? T : undefined;
type QueryPart<O> = Parameters<O> extends { query?: infer T } ? Exclude<T, undefined> | undefined : undefined;
type BodyPart<O> = O extends { requestBody: { content: { "application/json": infer T } } }
  ? T
  : O extends { requestBody?: { content: { "application/json": infer T } } }
    ? T | undefined
    : undefined;

export interface Common {
  /** The same key has one effect; without one, each call gets its own. */
  key?: string;
  /** Nobody is signed in, and need not be. */
  anonymous?: boolean;
}

export type Options<M extends Method, P extends keyof paths> = Common &
  Needed<"path", PathPart<Operation<M, P>>> &
  Needed<"query", QueryPart<Operation<M, P>>> &
  Needed<"body", BodyPart<Operation<M, P>>>;

/** Options may be left out where none is needed. */
export type Rest<M extends Method, P extends keyof paths> =
  Record<never, never> extends Options<M, P> ? [options?: Options<M, P>] : [options: Options<M, P>];
